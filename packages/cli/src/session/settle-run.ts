import type { RunOutcome } from "@salesagent/core/graph";
import {
  type Clock,
  type FlowRecord,
  type FlowStore,
  SalesAgentError,
  type StoredError,
  wait,
} from "@salesagent/ports";
import type { AnyGraph } from "../agents/agent-entry.js";
import type { StoreSession } from "./open-session.js";

const POLL_MS = 50;

/** A run that failed before anybody watched it. */
export class FailedMeanwhile extends Error {
  override readonly name: string = "FailedMeanwhile";

  constructor(readonly failure: StoredError) {
    super(failure.message);
  }
}

/**
 * Where a run comes to rest that goes on by itself: it was answered, left, or forked.
 *
 * @throws As `GraphRuns.resume`; FailedMeanwhile.
 */
export async function settleRun(
  { stores, tenant, clock }: StoreSession,
  graph: AnyGraph,
  runId: string,
  signal: AbortSignal,
): Promise<RunOutcome<unknown>> {
  await untilTaken(stores.flows, clock, runId, signal);
  try {
    return await graph.resume(runId, { tenant, signal });
  } catch (error) {
    if (!SalesAgentError.is(error, "flow.wrong_state")) throw error;
    const record = await stores.flows.get(runId, { signal });
    if (record?.status === "failed" && record.error) throw new FailedMeanwhile(record.error);
    throw error;
  }
}

/** A run that was answered is due, and still says that it waits until somebody takes it. */
async function untilTaken(flows: FlowStore, clock: Clock, runId: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const record = await flows.get(runId, { signal });
    if (!record || !isDue(record, clock)) return;
    await wait(clock, POLL_MS, signal);
  }
}

/** Whether a run that waits has something to go on with. */
function isDue({ status, dueAt }: FlowRecord, clock: Clock): boolean {
  return status === "waiting" && dueAt !== undefined && Date.parse(dueAt) <= clock.now();
}
