import type { Clock, JsonObject, JsonValue, RunRecord, StoredError, TenantStores } from "@salesagent/ports";
import { toRecord } from "../kernel/to-record.js";
import { endEvent, type Handoff, recordName } from "./handoff.js";

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

/** What the run of a graph is told that waits for a handoff. Plain JSON. */
export type HandoffEnd =
  | { readonly status: "completed"; readonly output: JsonValue }
  | { readonly status: "failed"; readonly error: JsonObject & StoredError };

/**
 * Puts an end on record, and wakes the run of a graph that waits for it, in one transaction; one that has heard of it, or is gone,
 * lets it pass.
 *
 * @returns The record that stands.
 */
export async function endHandoff(
  stores: TenantStores,
  handoff: Handoff,
  state: HandoffState & { readonly status: "completed" | "failed" },
  clock: Clock,
): Promise<RunRecord> {
  const standing = await writeState(stores, handoff, state, clock);
  if (handoff.waiter === undefined) return standing;
  const { status, output = null, error = UNKNOWN } = standing;
  const end: HandoffEnd =
    status === "completed" ? { status, output } : { status: "failed", error: { ...error } };
  await stores.flows.deliver(handoff.waiter, { name: endEvent(handoff.runId), payload: end });
  return standing;
}

export const UNKNOWN: StoredError = { code: "internal", message: "Unknown failure" };

/** Puts on record that another job carries the work on. */
export async function notePutOff(stores: TenantStores, handoff: Handoff, clock: Clock): Promise<void> {
  const { runId, putOff = 0 } = handoff;
  const startedAt = new Date(clock.now()).toISOString();
  const note = { kind: "rules", name: PUT_OFF, status: "completed", output: putOff } as const;
  await stores.steps.putMany([{ ...note, runId, index: 0, startedAt, latencyMs: 0 }]);
}

/** How often work was put off: a job that carries less does not carry it any more. */
export async function timesPutOff({ steps }: TenantStores, runId: string): Promise<number> {
  const [note] = (await steps.list(runId, { limit: 1 })).items;
  return note?.name === PUT_OFF && typeof note.output === "number" ? note.output : 0;
}

const PUT_OFF = "put-off";

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
