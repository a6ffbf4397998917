import type {
  FlowCheckpoint,
  FlowEvent,
  FlowRecord,
  FlowStart,
  FlowState,
  FlowStep,
  FlowWrite,
  JsonValue,
  RunStatus,
  StoredError,
} from "@salesagent/ports";
import { checkpointOutOfOrder, flowFenced, stepRemembered } from "@salesagent/ports/store-rules";

/**
 * All that is kept of a run. Nothing in it is changed: each change makes a new one. What is absent is undefined, so that all
 * rows have one shape, which is small and quick to copy.
 */
export interface FlowRow {
  readonly id: string;
  readonly graph: string;
  readonly version: string;
  readonly status: RunStatus;
  readonly input: JsonValue;
  readonly output: JsonValue | undefined;
  readonly error: StoredError | undefined;
  readonly threadId: string | undefined;
  readonly parentId: string | undefined;
  readonly seq: number;
  readonly fence: number;
  readonly owner: string | undefined;
  readonly dueAt: string | undefined;
  readonly awaiting: readonly string[];
  readonly stop: FlowRecord["stop"];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly last: CheckpointLink | undefined;
  readonly steps: readonly FlowStep[];
  readonly events: readonly FlowEvent[];
  /** The progress that was kept last. */
  readonly lastWrite: FlowWrite | undefined;
  /** Whether what it would go on from was dropped or erased. */
  readonly isEmptied: boolean;
}

/** A checkpoint and those before it; one more costs the same however many there are. */
interface CheckpointLink {
  readonly checkpoint: FlowCheckpoint;
  readonly before: CheckpointLink | undefined;
}

const NONE: readonly never[] = Object.freeze([]);

function earlier(left: string | undefined, right: string): string {
  return left !== undefined && left < right ? left : right;
}

export function hasEnded({ status }: FlowRow): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

export function startRow(
  { id, graph, version, input, threadId, parentId, dueAt }: FlowStart,
  now: string,
): FlowRow {
  return {
    id,
    graph,
    version,
    status: "pending",
    input,
    output: undefined,
    error: undefined,
    threadId,
    parentId,
    seq: 0,
    fence: 0,
    owner: undefined,
    dueAt: dueAt ?? now,
    awaiting: NONE,
    stop: undefined,
    createdAt: now,
    updatedAt: now,
    last: undefined,
    steps: NONE,
    events: NONE,
    lastWrite: undefined,
    isEmptied: false,
  };
}

/** The run as callers see it. */
export function toRecord(row: FlowRow): FlowRecord {
  const { id, graph, version, status, input, output, error, threadId, parentId } = row;
  const { seq, fence, owner, dueAt, awaiting, stop, createdAt, updatedAt } = row;
  return Object.freeze({
    ...{ id, graph, version, status, input },
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(threadId === undefined ? {} : { threadId }),
    ...(parentId === undefined ? {} : { parentId }),
    ...{ seq, fence },
    ...(owner === undefined ? {} : { owner }),
    ...(dueAt === undefined ? {} : { dueAt }),
    awaiting,
    ...(stop === undefined ? {} : { stop }),
    ...{ createdAt, updatedAt },
  });
}

/** Gives a run to an owner, under the next fence. */
export function claimRow(row: FlowRow, owner: string, leaseUntil: string, now: string): FlowRow {
  const fence = row.fence + 1;
  return { ...row, status: "running", owner, fence, dueAt: leaseUntil, awaiting: NONE, updatedAt: now };
}

/** Prolongs the lease of a run that is held. */
export function prolongRow(row: FlowRow, leaseUntil: string): FlowRow {
  return row.dueAt !== undefined && row.dueAt >= leaseUntil ? row : { ...row, dueAt: leaseUntil };
}

export function isHeld({ status, fence }: FlowRow, held: number): boolean {
  return status === "running" && fence === held;
}

/** Whether a run that begins to wait need not. */
function isAwaited({ stop, events }: FlowRow, awaiting: readonly string[]): boolean {
  return stop !== undefined || events.some(({ name }) => awaiting.includes(name));
}

/** Ends the lease. */
function rest(row: FlowRow, how: NonNullable<FlowWrite["rest"]>, now: string): FlowRow {
  const { status } = how;
  const rested = { ...row, status, owner: undefined, dueAt: undefined };
  switch (how.status) {
    case "waiting": {
      const { awaiting } = how;
      return { ...rested, awaiting, dueAt: isAwaited(row, awaiting) ? earlier(how.dueAt, now) : how.dueAt };
    }
    case "pending":
      return { ...rested, dueAt: row.stop === undefined ? how.dueAt : earlier(how.dueAt, now) };
    case "completed":
      return { ...rested, output: how.output };
    case "failed":
      return { ...rested, error: how.error };
    case "cancelled":
      return rested;
  }
}

/** Why a write can't be taken in, or nothing. */
function findFault(row: FlowRow, { id, fence, steps = NONE, checkpoint }: FlowWrite): Error | undefined {
  const { seq } = row;
  if (!isHeld(row, fence)) return flowFenced(id, fence);
  if (checkpoint !== undefined && checkpoint.seq !== seq + 1)
    return checkpointOutOfOrder(checkpoint.seq, seq);
  const remembered = steps.findIndex(({ key }) => row.steps.some((step) => step.key === key));
  return remembered < 0 ? undefined : stepRemembered(remembered);
}

/** Whether a write is the last one, made again under a fence that is still the latest. */
function isRepeated({ fence, lastWrite }: FlowRow, write: FlowWrite): boolean {
  return fence === write.fence && JSON.stringify(lastWrite) === JSON.stringify(write);
}

/** The steps that are remembered after a write. */
function addSteps(before: readonly FlowStep[], { steps = NONE, checkpoint }: FlowWrite): readonly FlowStep[] {
  const kept = checkpoint === undefined ? before : NONE;
  if (steps.length === 0) return kept;
  return kept.length === 0 ? steps : Object.freeze([...kept, ...steps]);
}

function takeIn(events: readonly FlowEvent[], taken: readonly string[] = NONE): readonly FlowEvent[] {
  if (taken.length === 0 || events.length === 0) return events;
  const left = events.filter(({ name }) => !taken.includes(name));
  return left.length === 0 ? NONE : Object.freeze(left);
}

/**
 * A write that repeats the last one changes nothing.
 *
 * @throws `flow.fenced`, and `store.invalid` where the progress does not follow on what is there.
 */
export function commitRow(row: FlowRow, write: FlowWrite, now: string): FlowRow {
  const fault = findFault(row, write);
  if (fault !== undefined) {
    if (isRepeated(row, write)) return row;
    throw fault;
  }
  const { checkpoint, version = row.version } = write;
  const next: FlowRow = {
    ...row,
    version,
    seq: checkpoint?.seq ?? row.seq,
    updatedAt: now,
    last: checkpoint === undefined ? row.last : { checkpoint, before: row.last },
    steps: addSteps(row.steps, write),
    events: takeIn(row.events, write.taken),
    lastWrite: write,
  };
  return write.rest === undefined ? next : rest(next, write.rest, now);
}

/** Adds an event, and makes a run due that waits for it. One whose name is there is passed over. */
export function deliverRow(row: FlowRow, event: FlowEvent, now: string): FlowRow {
  if (row.events.some(({ name }) => name === event.name)) return row;
  const events = Object.freeze([...row.events, event]);
  if (!row.awaiting.includes(event.name)) return { ...row, events };
  return { ...row, events, dueAt: earlier(row.dueAt, now), updatedAt: now };
}

/** Notes that the end is asked for, and makes a run at rest due. */
export function stopRow(
  row: FlowRow,
  { by, reason }: { readonly by: string; readonly reason: string },
  now: string,
): FlowRow {
  if (row.stop !== undefined) return row;
  const stop = Object.freeze({ by, reason, at: now });
  const dueAt = row.status === "running" ? row.dueAt : earlier(row.dueAt, now);
  return { ...row, stop, dueAt, updatedAt: now };
}

/** Makes a run that failed pending again; the run itself where it can't be. */
export function reopenRow(row: FlowRow, now: string): FlowRow {
  if (row.status !== "failed" || row.isEmptied) return row;
  return { ...row, status: "pending", error: undefined, stop: undefined, dueAt: now, updatedAt: now };
}

export function loadRow(row: FlowRow): FlowState {
  const { last, steps, events } = row;
  const record = toRecord(row);
  const deltas: FlowCheckpoint[] = [];
  for (let link = last; link !== undefined; link = link.before) {
    const { checkpoint } = link;
    if (checkpoint.snapshot !== undefined) {
      return { record, snapshot: checkpoint, deltas: deltas.reverse(), steps, events };
    }
    deltas.push(checkpoint);
  }
  return { record, deltas: deltas.reverse(), steps, events };
}

/** Checkpoints after a number, the first ones, as many as asked for. */
export function readHistory({ last }: FlowRow, after: number, limit: number): readonly FlowCheckpoint[] {
  const checkpoints: FlowCheckpoint[] = [];
  for (let link = last; link !== undefined && link.checkpoint.seq > after; link = link.before) {
    if (link.checkpoint.seq <= after + limit) checkpoints.push(link.checkpoint);
  }
  return checkpoints.reverse();
}
