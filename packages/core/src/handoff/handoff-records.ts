import type { Clock, JsonValue, RunRecord, StoredError, TenantStores } from "@salesagent/ports";
import { toRecord } from "../kernel/to-record.js";
import { type Handoff, recordName } from "./handoff.js";

/** What a handoff has come to. */
export type HandoffState =
  | { readonly status: "pending" | "running" }
  | { readonly status: "waiting" | "failed"; readonly error: StoredError }
  /** A try failed, and another will be made. */
  | { readonly status: "pending"; readonly error: StoredError }
  | { readonly status: "completed"; readonly output: JsonValue };

/** The record of work that was handed over now. */
export function newRecord(handoff: Handoff, clock: Clock): RunRecord {
  const { runId, agent, payload, leadId, threadId, parentRunId } = handoff;
  return {
    id: runId,
    agent: recordName(agent),
    status: "pending",
    input: toRecord(payload),
    ...(leadId === undefined ? {} : { leadId }),
    ...(threadId === undefined ? {} : { threadId }),
    ...(parentRunId === undefined ? {} : { parentRunId }),
    startedAt: new Date(clock.now()).toISOString(),
  };
}

/**
 * Puts on record how it stands. What was completed stays: a worker that lost its job, and does not know it yet, changes nothing.
 *
 * @returns The record that stands.
 */
export async function writeState(
  stores: TenantStores,
  handoff: Handoff,
  state: HandoffState,
  clock: Clock,
): Promise<RunRecord> {
  const standing = await stores.runs.get(handoff.runId);
  if (standing?.status === "completed") return standing;
  const {
    output: _output,
    error: _error,
    finishedAt: _at,
    latencyMs: _ms,
    ...record
  } = standing ?? newRecord(handoff, clock);
  const next: RunRecord = { ...record, ...toRecord(state), ...endOf(state, record.startedAt, clock) };
  await stores.runs.putMany([next]);
  return next;
}

function endOf(
  { status }: HandoffState,
  startedAt: string,
  clock: Clock,
): Pick<RunRecord, "finishedAt" | "latencyMs"> {
  if (status !== "completed" && status !== "failed") return {};
  const now = clock.now();
  const latencyMs = Math.max(0, now - Date.parse(startedAt));
  return { finishedAt: new Date(now).toISOString(), latencyMs };
}
