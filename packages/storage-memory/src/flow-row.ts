import type {
  FlowCheckpoint,
  FlowEvent,
  FlowRecord,
  FlowState,
  FlowStep,
  FlowWrite,
} from "@salesagent/ports";
import { checkpointOutOfOrder, flowFenced, stepRemembered } from "@salesagent/ports/store-rules";

/** All that is kept of a run. Nothing in it is changed: each change makes a new one. */
export interface FlowRow {
  readonly record: FlowRecord;
  readonly last: CheckpointLink | undefined;
  readonly steps: readonly FlowStep[];
  readonly events: readonly FlowEvent[];
  /** The progress that was kept last. */
  readonly lastWrite?: FlowWrite;
}

/** A checkpoint and those before it; one more costs the same however many there are. */
interface CheckpointLink {
  readonly checkpoint: FlowCheckpoint;
  readonly before: CheckpointLink | undefined;
}

const NONE: readonly never[] = Object.freeze([]);

/** What of a record ends with each of its states. */
type Placeless = Omit<FlowRecord, "owner" | "dueAt">;

function withoutPlace({ owner: _owner, dueAt: _dueAt, ...record }: FlowRecord): Placeless {
  return record;
}

function withRecord(row: FlowRow, record: FlowRecord): FlowRow {
  return { ...row, record: Object.freeze(record) };
}

function earlier(left: string | undefined, right: string): string {
  return left !== undefined && left < right ? left : right;
}

export function hasEnded({ status }: FlowRecord): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

export function startRow(start: Omit<FlowRecord, "status" | "seq" | "fence" | "awaiting">): FlowRow {
  const record = Object.freeze({ ...start, status: "pending" as const, seq: 0, fence: 0, awaiting: NONE });
  return { record, last: undefined, steps: NONE, events: NONE };
}

/** Gives a run to an owner, under the next fence. */
export function claimRow(row: FlowRow, owner: string, leaseUntil: string, now: string): FlowRow {
  const { fence } = row.record;
  return withRecord(row, {
    ...withoutPlace(row.record),
    ...{ status: "running", owner, fence: fence + 1, dueAt: leaseUntil, awaiting: NONE, updatedAt: now },
  });
}

/** Prolongs the lease of a run that is held. */
export function prolongRow(row: FlowRow, leaseUntil: string): FlowRow {
  const { dueAt } = row.record;
  return dueAt !== undefined && dueAt >= leaseUntil
    ? row
    : withRecord(row, { ...row.record, dueAt: leaseUntil });
}

export function isHeld({ record }: FlowRow, fence: number): boolean {
  return record.status === "running" && record.fence === fence;
}

/** Whether a run that begins to wait need not. */
function isAwaited({ record, events }: FlowRow, awaiting: readonly string[]): boolean {
  return record.stop !== undefined || events.some(({ name }) => awaiting.includes(name));
}

function rest(row: FlowRow, how: NonNullable<FlowWrite["rest"]>, now: string): FlowRecord {
  const record = { ...withoutPlace(row.record), status: how.status, updatedAt: now };
  switch (how.status) {
    case "waiting": {
      const { awaiting } = how;
      const dueAt = isAwaited(row, awaiting) ? earlier(how.dueAt, now) : how.dueAt;
      return { ...record, awaiting, ...(dueAt === undefined ? {} : { dueAt }) };
    }
    case "pending":
      return { ...record, dueAt: record.stop === undefined ? how.dueAt : earlier(how.dueAt, now) };
    case "completed":
      return { ...record, output: how.output };
    case "failed":
      return { ...record, error: how.error };
    case "cancelled":
      return record;
  }
}

/** Why a write can't be taken in, or nothing. */
function findFault(row: FlowRow, { id, fence, steps = NONE, checkpoint }: FlowWrite): Error | undefined {
  const { seq } = row.record;
  if (!isHeld(row, fence)) return flowFenced(id, fence);
  if (checkpoint !== undefined && checkpoint.seq !== seq + 1)
    return checkpointOutOfOrder(checkpoint.seq, seq);
  const remembered = steps.findIndex(({ key }) => row.steps.some((step) => step.key === key));
  return remembered < 0 ? undefined : stepRemembered(remembered);
}

/** Whether a write is the last one, made again under a fence that is still the latest. */
function isRepeated({ record, lastWrite }: FlowRow, write: FlowWrite): boolean {
  return record.fence === write.fence && JSON.stringify(lastWrite) === JSON.stringify(write);
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
  const { steps = NONE, checkpoint, taken = NONE } = write;
  const { seq } = row.record;
  const next: FlowRow = {
    record: Object.freeze({ ...row.record, seq: checkpoint?.seq ?? seq, updatedAt: now }),
    last: checkpoint === undefined ? row.last : { checkpoint, before: row.last },
    steps: Object.freeze([...(checkpoint === undefined ? row.steps : NONE), ...steps]),
    events:
      taken.length === 0 ? row.events : Object.freeze(row.events.filter(({ name }) => !taken.includes(name))),
    lastWrite: write,
  };
  return write.rest === undefined ? next : withRecord(next, rest(next, write.rest, now));
}

/** Adds an event, and makes a run due that waits for it. One whose name is there is passed over. */
export function deliverRow(row: FlowRow, event: FlowEvent, now: string): FlowRow {
  const { record, events } = row;
  if (events.some(({ name }) => name === event.name)) return row;
  const next = { ...row, events: Object.freeze([...events, event]) };
  if (!record.awaiting.includes(event.name)) return next;
  return withRecord(next, { ...record, dueAt: earlier(record.dueAt, now), updatedAt: now });
}

/** Notes that the end is asked for, and makes a run at rest due. */
export function stopRow(
  row: FlowRow,
  stop: { readonly by: string; readonly reason: string },
  now: string,
): FlowRow {
  const { record } = row;
  if (record.stop !== undefined) return row;
  const stopped = { ...record, stop: Object.freeze({ ...stop, at: now }), updatedAt: now };
  if (record.status === "running") return withRecord(row, stopped);
  return withRecord(row, { ...stopped, dueAt: earlier(record.dueAt, now) });
}

export function loadRow({ record, last, steps, events }: FlowRow): FlowState {
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
