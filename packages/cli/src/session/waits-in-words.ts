import type { WaitFor } from "@salesagent/core/graph";
import type { JsonObject } from "@salesagent/ports";
import type { AgentEntry } from "../agents/agent-entry.js";
import { dataInWords } from "../render/data-in-words.js";
import { plainCell } from "../render/table.js";
import { approvalIdOf } from "./approval-of.js";
import type { StoreSession } from "./open-session.js";

/** A run that waits. */
export interface WaitingRun {
  readonly runId: string;
  readonly state: JsonObject;
  readonly on: readonly WaitFor[];
  /** The agent, where it is one of ours. */
  readonly entry: AgentEntry | undefined;
}

/** What a run waits for, each with the commands that answer it. */
export async function waitsInWords(
  store: StoreSession,
  { runId, state, on, entry }: WaitingRun,
): Promise<string> {
  const words = await Promise.all(
    on.map(async (wait) => {
      const question = entry?.question?.(wait, state);
      if (question) return `${question.text}\n  salesagent runs reply ${runId} ${question.form}`;
      const approvalId = approvalIdOf(wait);
      if (approvalId !== undefined) return approvalInWords(store, approvalId);
      return otherInWords(wait, runId);
    }),
  );
  return words.join("\n");
}

async function approvalInWords({ approvals, tenant }: StoreSession, id: string): Promise<string> {
  const approval = await approvals.get(id, { tenant });
  if (!approval) return `It waits for the approval ${id}, which is not there.`;
  const { tool, arguments: asked, expiresAt, status } = approval;
  if (status !== "pending") return `The approval ${id} of ${tool} is ${status}; the run goes on by itself.`;
  return [
    `It waits for a person to allow ${tool}, until ${expiresAt}:`,
    dataInWords({ asks: asked }, 1),
    `  salesagent runs approve ${id}        [--edit '{"field": …}']`,
    `  salesagent runs refuse ${id} --reason "…"`,
  ].join("\n");
}

function otherInWords(wait: WaitFor, runId: string): string {
  if (wait.kind === "sleep") return `It sleeps until ${wait.dueAt}, in "${wait.node}".`;
  if (wait.kind === "event") {
    const until = wait.dueAt === undefined ? "" : `, until ${wait.dueAt}`;
    return `It waits for the event "${plainCell(wait.name)}" in "${wait.node}"${until}.\n  salesagent runs resume ${runId} --answer '{…}'`;
  }
  return [
    `It asks, in "${wait.node}":`,
    dataInWords({ question: wait.payload }, 1),
    `  salesagent runs resume ${runId} --answer '…'`,
  ].join("\n");
}
