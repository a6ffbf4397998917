import type { RunOutcome, WaitFor } from "@salesagent/core/graph";
import { type JsonObject, type JsonValue, SalesAgentError, type StoredError } from "@salesagent/ports";
import type { PlainRun } from "../agents/agent-entry.js";
import { UsageError } from "../command/usage-error.js";
import { FailedMeanwhile } from "../session/settle-run.js";
import type { AgentEvent } from "./step-lines.js";

/** What a run came to, as far as this process followed it. */
export type RunEnd =
  | { readonly status: "completed"; readonly state: JsonObject; readonly costUsd?: number | undefined }
  | { readonly status: "waiting"; readonly state: JsonObject; readonly on: readonly WaitFor[] }
  | { readonly status: "failed"; readonly error: StoredError }
  | { readonly status: "cancelled"; readonly by: string; readonly reason: string };

/** Exit codes by how a run ended; {@link EXIT_CODES_NOTE} tells them. */
export const EXIT_CODES: Readonly<Record<RunEnd["status"], number>> = {
  completed: 0,
  failed: 1,
  waiting: 3,
  cancelled: 4,
};

export const EXIT_CODES_NOTE =
  "Exit codes: 0 completed, 1 failed, 2 wrong usage, 3 waits for an answer, 4 cancelled, 130 interrupted.";

/** What a call of a graph came to. @throws The signal's reason; UsageError for an input that does not fit; failures of the store. */
export async function endOfGraph(
  outcome: Promise<RunOutcome<unknown>>,
  signal: AbortSignal,
): Promise<RunEnd> {
  try {
    const { state, ...rest } = await outcome;
    const known = toData(state);
    return rest.status === "waiting"
      ? { status: "waiting", state: known, on: rest.on }
      : { status: "completed", state: known };
  } catch (error) {
    return endOf(error, signal);
  }
}

/** Reads a run of an agent that is no graph to its end. @throws The signal's reason. */
export async function followAgent(
  run: PlainRun,
  onEvent: (event: AgentEvent) => void,
  signal: AbortSignal,
): Promise<RunEnd> {
  try {
    for await (const event of run) onEvent({ ...event });
    const { output, summary } = await run.result();
    return { status: "completed", state: toData(output), costUsd: summary.costUsd };
  } catch (error) {
    return endOf(error, signal);
  }
}

/** Failures before the run was there are told as they are. */
const BEFORE: ReadonlySet<string> = new Set([
  "flow.wrong_state",
  "graph.invalid",
  "store.unavailable",
  "store.closed",
]);

function endOf(error: unknown, signal: AbortSignal): RunEnd {
  if (signal.aborted) throw signal.reason;
  if (error instanceof FailedMeanwhile) return { status: "failed", error: error.failure };
  if (SalesAgentError.is(error, "graph.stopped")) {
    const { by, reason } = error.facts;
    return { status: "cancelled", by, reason };
  }
  if (SalesAgentError.is(error, "graph.state_invalid") && error.facts.node === "input") {
    throw new UsageError(error.message);
  }
  if (!SalesAgentError.is(error) || BEFORE.has(error.code)) throw error;
  return { status: "failed", error: { code: error.code, message: error.message } };
}

function toData(output: unknown): JsonObject {
  const data = JSON.parse(JSON.stringify(output) ?? "null") as JsonValue;
  return typeof data === "object" && data !== null && !Array.isArray(data)
    ? (data as JsonObject)
    : { output: data };
}
