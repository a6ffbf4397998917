import { storedWorkflowOf } from "@salesagent/core/workflow";
import type { ApprovalRecord, EffectRecord, FlowRecord, JsonObject, RunRecord } from "@salesagent/ports";
import type { AgentEntry } from "../agents/agent-entry.js";
import { dataInWords, updateInWords } from "../render/data-in-words.js";
import { formatUsd } from "../render/format-usd.js";
import { formatDuration } from "../render/progress-line.js";
import { type Column, renderTable } from "../render/table.js";
import type { StoreSession } from "../session/open-session.js";
import { waitsInWords } from "../session/waits-in-words.js";
import { inShort } from "../workflow/step-events.js";
import type { AgentFacts, GraphFacts, StepFacts } from "./run-facts.js";

/** A run of a graph, in words and tables. */
export async function graphInWords(
  store: StoreSession,
  facts: GraphFacts,
  entry: AgentEntry | undefined,
  width: number,
): Promise<string> {
  const { run, state, waitsFor, steps, approvals, effects, parts } = facts;
  const workflow = storedWorkflowOf(run);
  const waits =
    run.status === "waiting" && waitsFor.length > 0
      ? `\n${await waitsInWords(store, { runId: run.id, state, on: waitsFor, entry })}\n`
      : "";
  const result = run.status === "completed" && entry ? `\n${dataInWords(entry.toResult(state))}\n` : "";
  return [
    headOf(facts),
    table("Steps", STEP_COLUMNS, withStart(run, workflow ? steps.map(stepInShort) : steps), width),
    table("Approvals", APPROVAL_COLUMNS, approvals, width),
    table("Effects", EFFECT_COLUMNS, effects, width),
    table("Agents that worked for it", PART_COLUMNS, parts, width),
    result,
    waits,
  ].join("");
}

function headOf({ run, simulated, costUsd, blocked }: GraphFacts): string {
  const workflow = storedWorkflowOf(run);
  const { id, graph, version, status, owner, dueAt, error, stop, threadId, parentId } = run;
  const cost = costUsd === undefined ? "cost unknown" : `cost ${formatUsd(costUsd)}`;
  const lines = [
    `${workflow?.workflow ?? graph} · run ${id} · ${status}${simulated ? " · a rehearsal, all of it is simulated" : ""}`,
    `${workflow ? `workflow, version ${workflow.version}` : `graph, version ${version}`} · begun ${run.createdAt} · last changed ${run.updatedAt} · ${cost}`,
    ...(threadId === undefined ? [] : [`of the conversation ${threadId}`]),
    ...(parentId === undefined ? [] : [`a part of the run ${parentId}`]),
    ...(status === "running" && owner !== undefined ? [`${owner} works on it, until ${dueAt} at least`] : []),
    ...(stop ? [`its end was asked for by ${stop.by} at ${stop.at}: ${stop.reason}`] : []),
    ...(blocked ? [`its state can't be read here: ${blocked.message} (${blocked.code})`] : []),
    ...(error ? [`${error.message} (${error.code})`, `  salesagent runs retry ${id}`] : []),
    ...(workflow ? [`  salesagent workflow log ${id}        has its inputs and outputs`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** A run of an agent that works in one go, in words and tables. */
export function agentInWords({ run, steps, modelCalls }: AgentFacts, width: number): string {
  const { id, agent, status, startedAt, latencyMs, error, parentRunId, output } = run;
  const took = latencyMs === undefined ? "" : ` · took ${formatDuration(latencyMs)}`;
  const head = [
    `${agent} · run ${id} · ${status}`,
    `works in one go · begun ${startedAt}${took} · ${costOf(run)}`,
    ...(parentRunId === undefined ? [] : [`a part of the run ${parentRunId}`]),
    ...(error ? [`${error.message} (${error.code})`] : []),
  ];
  const isRecord = typeof output === "object" && output !== null && !Array.isArray(output);
  const result = isRecord ? (output as JsonObject) : {};
  return [
    `${head.join("\n")}\n`,
    table("Steps", ONE_GO_COLUMNS, steps, width),
    table("Model calls", CALL_COLUMNS, modelCalls, width),
    Object.keys(result).length > 0 ? `\n${dataInWords(result)}\n` : "",
  ].join("");
}

function table<Row>(
  title: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): string {
  return rows.length === 0 ? "" : `\n${title}\n${renderTable(columns, rows, width)}\n`;
}

/** Of what a workflow's node writes, what it gave. */
function stepInShort({ writes, ...step }: StepFacts): StepFacts {
  const told = writes.map((write) => ({ ...write, update: inShort(write.node, write.update) }));
  return { ...step, writes: told };
}

interface TimedStep extends StepFacts {
  /** From the step before, waits included. */
  readonly tookMs: number;
}

function withStart({ createdAt }: FlowRecord, steps: readonly StepFacts[]): readonly TimedStep[] {
  return steps.map((step, index) => ({
    ...step,
    tookMs: Date.parse(step.at) - Date.parse(steps[index - 1]?.at ?? createdAt),
  }));
}

const STEP_COLUMNS: readonly Column<TimedStep>[] = [
  { title: "#", align: "right", cell: ({ step }) => String(step) },
  { title: "Done at", cell: ({ at }) => at.slice(0, 19).replace("T", " ") },
  { title: "Took", align: "right", cell: ({ tookMs }) => formatDuration(tookMs) },
  { title: "Nodes", cell: ({ writes }) => writes.map(({ node }) => node).join(", ") },
  { title: "Next", cell: ({ next }) => next.join(", ") || "end" },
  {
    title: "Wrote",
    grows: true,
    cell: ({ writes }) => writes.map(({ update }) => updateInWords(update)).join(" | "),
  },
];

const APPROVAL_COLUMNS: readonly Column<ApprovalRecord>[] = [
  { title: "Approval", cell: ({ id }) => id },
  { title: "Of", cell: ({ tool }) => tool },
  { title: "State", cell: ({ status }) => status },
  { title: "By", cell: ({ decidedBy = "" }) => decidedBy },
  {
    title: "Told",
    grows: true,
    cell: ({ reason, editedArguments }) =>
      [reason, editedArguments === undefined ? undefined : "edited"]
        .filter((word) => word !== undefined)
        .join(", "),
  },
];

const EFFECT_COLUMNS: readonly Column<EffectRecord>[] = [
  { title: "Effect", cell: ({ effect }) => effect },
  { title: "To", cell: ({ target }) => target },
  { title: "State", cell: ({ status }) => status },
  { title: "Tries", align: "right", cell: ({ attempts }) => String(attempts) },
  { title: "Told", grows: true, cell: ({ error }) => error?.code ?? "" },
];

const PART_COLUMNS: readonly Column<RunRecord>[] = [
  { title: "Agent", cell: ({ agent }) => agent },
  { title: "State", cell: ({ status }) => status },
  { title: "Engine", cell: ({ engine = "" }) => engine },
  {
    title: "Cost",
    align: "right",
    cell: ({ costUsd }) => (costUsd === undefined ? "unknown" : formatUsd(costUsd)),
  },
  { title: "Run", grows: true, cell: ({ id }) => id },
];

const ONE_GO_COLUMNS: readonly Column<AgentFacts["steps"][number]>[] = [
  { title: "#", align: "right", cell: ({ index }) => String(index) },
  { title: "Kind", cell: ({ kind }) => kind },
  { title: "What", cell: ({ name }) => name },
  { title: "State", cell: ({ status }) => status },
  { title: "Took", align: "right", cell: ({ latencyMs }) => formatDuration(latencyMs) },
];

const CALL_COLUMNS: readonly Column<AgentFacts["modelCalls"][number]>[] = [
  { title: "Model", cell: ({ provider, modelId }) => `${provider}/${modelId}` },
  { title: "Outcome", cell: ({ outcome, errorCode }) => errorCode ?? outcome },
  { title: "Tokens in", align: "right", cell: ({ usage }) => String(usage.inputTokens ?? "?") },
  { title: "out", align: "right", cell: ({ usage }) => String(usage.outputTokens ?? "?") },
  {
    title: "Cost",
    align: "right",
    cell: ({ costUsd }) => (costUsd === undefined ? "unknown" : formatUsd(costUsd)),
  },
];

function costOf({ costUsd }: { readonly costUsd?: number }): string {
  return costUsd === undefined ? "cost unknown" : formatUsd(costUsd);
}
