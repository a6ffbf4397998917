import type {
  FlowCheckpoint,
  FlowRecord,
  FlowState,
  FlowStore,
  JsonObject,
  JsonValue,
} from "@salesagent/ports";
import { applyDelta } from "../apply-delta.js";
import { begin } from "../begin.js";
import type { FlowDelta, FlowSnapshot } from "../flow.js";
import type { GraphPlan } from "../graph-plan.js";
import { Snapshot } from "../snapshot.js";
import { jsonSize } from "../state-size.js";
import { checkUpdate, writeState } from "../write-state.js";

/** Where a fork begins; it stands in place of the run's input. */
export interface ForkPoint {
  readonly runId: string;
  /** Checkpoints of the source that count. */
  readonly superstep: number;
  /** Is written over the state, by the fields' reducers. */
  readonly update: JsonObject;
}

const FORK = ":fork";
const PAGE = 200;

/** The input of a run that is a fork. No field of a graph has such a name. */
export function forkInput(point: ForkPoint): JsonObject {
  return { [FORK]: { runId: point.runId, superstep: point.superstep, update: point.update } };
}

/** Where a run was forked from; nothing for one that began with an input. */
export function forkOf({ input }: Pick<FlowRecord, "input">): ForkPoint | undefined {
  if (typeof input !== "object" || input === null || !(FORK in input)) return undefined;
  return (input as JsonObject)[FORK] as JsonObject & ForkPoint;
}

/** The state between two supersteps that a run goes on from. */
export async function readBack(plan: GraphPlan, flows: FlowStore, state: FlowState): Promise<FlowSnapshot> {
  const { record, snapshot: last, deltas } = state;
  const base = last?.snapshot === undefined ? await firstSnapshot(plan, flows, record) : wholeOf(last);
  return replay(plan, base, deltas);
}

/** The state before the first superstep of a run. */
async function firstSnapshot(plan: GraphPlan, flows: FlowStore, record: FlowRecord): Promise<FlowSnapshot> {
  const point = forkOf(record);
  if (!point) return begin(plan, record.input);
  const source = await flows.get(point.runId);
  if (!source)
    throw new Error(`The run ${point.runId}, of which ${record.id} is a fork, is not there any more.`);
  const past = await readHistory(plan, flows, source, point.superstep);
  const { snapshot } = past[past.length - 1] as PastPoint;
  return written(plan, snapshot, point.update);
}

/** A run after one of its supersteps. */
export interface PastPoint {
  readonly snapshot: FlowSnapshot;
  readonly writes: FlowDelta["writes"];
  readonly at: string;
}

/** A run after each of its supersteps, from its beginning to one of them. */
export async function readHistory(
  plan: GraphPlan,
  flows: FlowStore,
  record: FlowRecord,
  untilSuperstep = Number.POSITIVE_INFINITY,
): Promise<readonly PastPoint[]> {
  let snapshot = await firstSnapshot(plan, flows, record);
  const points: PastPoint[] = [{ snapshot, writes: [], at: record.createdAt }];
  let after: string | undefined;
  do {
    const page = await flows.history(record.id, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const { delta, at } of page.items) {
      if (snapshot.superstep >= untilSuperstep) return points;
      const known = toDelta(delta);
      snapshot = await applyDelta(plan, snapshot, known);
      points.push({ snapshot, writes: known.writes, at });
    }
    after = page.next;
  } while (after !== undefined);
  return points;
}

/** A delta or a snapshot is plain JSON by its definition. */
export function toJson(value: FlowDelta | FlowSnapshot): JsonValue {
  if ("writes" in value) return { ...value } as JsonObject;
  const { superstep, values, tasks, joins } = value;
  return { superstep, values, tasks, joins } as JsonObject;
}

async function replay(
  plan: GraphPlan,
  base: FlowSnapshot,
  deltas: readonly FlowCheckpoint[],
): Promise<FlowSnapshot> {
  let snapshot = base;
  for (const { delta } of deltas) snapshot = await applyDelta(plan, snapshot, toDelta(delta));
  return snapshot;
}

async function written(plan: GraphPlan, past: FlowSnapshot, update: JsonObject): Promise<FlowSnapshot> {
  const checked = await checkUpdate(plan, "fork", update);
  const from = { values: past.values, bytes: jsonSize(past.values) };
  const { values, bytes } = await writeState(plan, from, [{ node: "fork", update: checked }]);
  return new Snapshot(past.superstep, values, past.tasks, past.joins, bytes);
}

function wholeOf({ snapshot }: FlowCheckpoint): FlowSnapshot {
  return snapshot as JsonObject & FlowSnapshot;
}

function toDelta(delta: JsonValue): FlowDelta {
  return delta as JsonObject & FlowDelta;
}
