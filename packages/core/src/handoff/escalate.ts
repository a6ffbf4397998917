import { type JsonValue, type UserMessage, userMessage } from "@salesagent/ports";
import { approvalEvent } from "../effects/index.js";
import type { NodeContext } from "../graph/index.js";
import { canonicalJson } from "../kernel/canonical-json.js";
import { sha256Base64Url } from "../kernel/sha256.js";
import type { Escalation, EscalationQuestion, Escalations } from "./escalations.js";

const FIRST_LOOK_MS = 60_000;
const LONGEST_LOOK_MS = 6 * 3_600_000;

/** How a node asks a person. */
export interface EscalateOptions extends EscalationQuestion {
  readonly through: Escalations;
  /** Who asks. @defaultValue the graph's name */
  readonly agent?: string | undefined;
  /** Names the question; unique in the node. @defaultValue "escalation" */
  readonly step?: string | undefined;
  /** How long the answer is waited for, in milliseconds. @defaultValue that of `createEscalations` */
  readonly timeoutMs?: number | undefined;
  /** The answer where nobody gave one in time. @defaultValue null */
  readonly fallback?: JsonValue | undefined;
}

/** What came of a question to a person. Plain JSON. */
export type EscalationOutcome =
  | { readonly status: "answered"; readonly answer: JsonValue; readonly by: string }
  | { readonly status: "declined"; readonly reason: string; readonly by: string }
  /** Nobody answered in time; `answer` is the fallback. */
  | { readonly status: "expired"; readonly answer: JsonValue };

/**
 * Asks a person from within a node, and ends the node until the answer is there, without a process or a timer. The question is
 * put once, is listed among the escalations, and is answered by an identified person.
 *
 * @throws TypeError where the graph's run has no tenant.
 */
export async function escalate(context: NodeContext, options: EscalateOptions): Promise<EscalationOutcome> {
  const { through, step = "escalation", agent = context.graph, timeoutMs, fallback = null } = options;
  const { tenant, runId, taskKey, node, signal } = context;
  if (tenant === undefined) {
    throw new TypeError(
      `The escalation in the node "${node}" needs a tenant: graph.invoke(input, { tenant })`,
    );
  }
  const id = await sha256Base64Url(canonicalJson([tenant, runId, taskKey, step]) ?? "");
  const { reason, summary, to } = options;
  let { leftMs } = await context.step(`${step}:ask`, async () => {
    const question = { tenant, id, agent, runId, reason, summary, to, expiresInMs: timeoutMs };
    return { leftMs: (await through.request(question, { signal })).leftMs };
  });
  for (let looks = 0; ; looks++) {
    // Woken at once by an answer; the looks in between see what was decided without a word to this run.
    const longestMs = Math.min(FIRST_LOOK_MS * 2 ** looks, LONGEST_LOOK_MS);
    await context.waitFor(approvalEvent(id), { timeoutMs: Math.min(longestMs, leftMs) });
    const look = await context.step(`${step}:look-${looks}`, async () => {
      const { escalation, leftMs: left } = await through.look(id, { tenant, signal });
      return { outcome: outcomeOf(escalation, fallback), leftMs: left };
    });
    if (look.outcome) return look.outcome;
    leftMs = look.leftMs;
  }
}

function outcomeOf(escalation: Escalation, fallback: JsonValue): EscalationOutcome | null {
  const { status, answer = null, by = "", declineReason: reason = "" } = escalation;
  if (status === "pending") return null;
  if (status === "answered") return { status, answer, by };
  return status === "declined" ? { status, reason, by } : { status, answer: fallback };
}

/** What came of a question, as a message for a transcript: data, whatever it says. */
export function escalationMessage(outcome: EscalationOutcome): UserMessage {
  const { status } = outcome;
  const said = status === "declined" ? { reason: outcome.reason } : { answer: outcome.answer };
  return userMessage(JSON.stringify({ escalation: status, ...said }), "external");
}
