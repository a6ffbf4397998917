import {
  type FlowCheckpoint,
  type FlowRecord,
  type FlowState,
  type FlowStore,
  type JsonObject,
  type JsonValue,
  SalesAgentError,
} from "@salesagent/ports";
import { applyDelta } from "../apply-delta.js";
import type { FlowDelta, FlowSnapshot, RememberedStep } from "../flow.js";
import { migrationRefused } from "../graph-errors.js";
import type { GraphPlan } from "../graph-plan.js";
import { beginOfVersion, migrateRun, planOfVersion, type RunAtRest } from "../migrate-run.js";
import { Snapshot } from "../snapshot.js";
import { jsonSize } from "../state-size.js";
import { checkUpdate, writeState } from "../write-state.js";
import { inputOf, versionOf } from "./stored-graphs.js";

/** Where a fork begins; it stands in place of the run's input. */
export interface ForkPoint {
  readonly runId: string;
  /** Supersteps of the source that count. */
  readonly superstep: number;
  /** Is written over the state, by the fields' reducers. */
  readonly update: JsonObject;
  /** The source at that point, in the version that the fork begins with: a fork goes on when its source is dropped or erased. */
  readonly from: FlowSnapshot;
}

const FORK = ":fork";
const PAGE = 200;

/** The input of a run that is a fork. No field of a graph has such a name. */
export function forkInput(point: ForkPoint): JsonObject {
  return { [FORK]: { ...point, from: toJson(point.from) } };
}

/** Where a run was forked from; nothing for one that began with an input. */
export function forkOf(record: Pick<FlowRecord, "input">): ForkPoint | undefined {
  const input = inputOf(record);
  if (typeof input !== "object" || input === null || !(FORK in input)) return undefined;
  return (input as JsonObject)[FORK] as JsonObject & ForkPoint;
}

/** A run as it goes on with a graph. */
export interface CurrentRun extends RunAtRest {
  /** The version that it is pinned to, where that is an older one. */
  readonly migratedFrom: string | undefined;
}

/**
 * The state between two supersteps that a run goes on from, brought to the graph's version. Nothing is written.
 *
 * @throws SalesAgentError `graph.version_unknown`, `graph.migration_refused`.
 */
export async function readCurrent(plan: GraphPlan, state: FlowState): Promise<CurrentRun> {
  const steps = stepsOf(state);
  const version = versionOf(state.record, plan);
  if (version === plan.version)
    return { snapshot: await readBack(plan, state), steps, migratedFrom: undefined };
  const snapshot = await readOld(plan, state, version);
  return { ...(await migrateRun(plan, version, { snapshot, steps })), migratedFrom: version };
}

/** Whether what a run went on from was dropped: by retention, or because it told of a person. An input is never null. */
export const isEmptied = ({
  record,
  snapshot,
  deltas,
}: Pick<FlowState, "record" | "snapshot" | "deltas">): boolean =>
  record.input === null || (record.seq > 0 && !snapshot && deltas.length === 0);

/** What is remembered of the superstep that comes next, also from before a migration. */
function stepsOf({ snapshot, deltas, steps }: FlowState): readonly RememberedStep[] {
  const { migration } = deltas.length === 0 && snapshot ? toDelta(snapshot.delta) : {};
  return migration ? [...migration.steps, ...steps] : steps;
}

/** Fields that don't fit what is on record are a slip in the migration that declares them. */
async function readOld(plan: GraphPlan, state: FlowState, version: string): Promise<FlowSnapshot> {
  try {
    return await readBack(plan, state);
  } catch (error) {
    if (!SalesAgentError.is(error, "graph.state_invalid") && !SalesAgentError.is(error, "graph.node_failed"))
      throw error;
    const message = `what is on record does not fit the fields that are declared for version "${version}"`;
    throw migrationRefused(plan.name, version, plan.version, [{ path: "state", message }], error);
  }
}

/** The state between two supersteps that a run goes on from, in the version that it is pinned to. */
export async function readBack(plan: GraphPlan, state: FlowState): Promise<FlowSnapshot> {
  const { record, snapshot: last, deltas } = state;
  const version = versionOf(record, plan);
  const reading = planOfVersion(plan, version);
  const whole = last && wholeOf(last);
  let snapshot = whole ?? (await firstSnapshot(plan, record, version));
  for (const { delta } of deltas) snapshot = applyDelta(reading, snapshot, toDelta(delta));
  return snapshot;
}

/** The state before the first superstep of a run, in the version that it had then. */
async function firstSnapshot(plan: GraphPlan, record: FlowRecord, version: string): Promise<FlowSnapshot> {
  const point = forkOf(record);
  if (!point) return beginOfVersion(plan, version, inputOf(record));
  return written(planOfVersion(plan, version), point.from, point.update);
}

/** What of a run's past is looked for. */
interface PastWanted {
  readonly record: FlowRecord;
  /** In which version of the graph. */
  readonly version: string;
  readonly superstep: number;
}

/** A run after one of its supersteps, as a run of another version finds it; nothing when there is none. */
export async function pastPoint(
  plan: GraphPlan,
  flows: FlowStore,
  { record, version, superstep }: PastWanted,
): Promise<FlowSnapshot | undefined> {
  const points = (await readHistory(plan, flows, record)).filter((it) => it.snapshot.superstep === superstep);
  const point = points.find((it) => it.version === version) ?? points[points.length - 1];
  if (!point || point.version === version) return point?.snapshot;
  return (await migrateRun(plan, point.version, { snapshot: point.snapshot, steps: [] }, version)).snapshot;
}

/** A run after one of its supersteps. */
export interface PastPoint {
  readonly snapshot: FlowSnapshot;
  /** Of the graph. */
  readonly version: string;
  readonly writes: FlowDelta["writes"];
  readonly at: string;
}

/**
 * A run after each of its supersteps, from its beginning on, and after each migration. What lies in versions that can't be read
 * here is left out; nothing is left of a run that was emptied.
 */
export async function readHistory(
  plan: GraphPlan,
  flows: FlowStore,
  record: FlowRecord,
): Promise<readonly PastPoint[]> {
  const checkpoints = await allCheckpoints(flows, record.id);
  if (isEmptied({ record, deltas: checkpoints })) return [];
  const first = checkpoints.find(({ delta }) => toDelta(delta).migration);
  let version = first ? (toDelta(first.delta).migration?.from ?? "") : versionOf(record, plan);
  const points: PastPoint[] = [];
  let snapshot: FlowSnapshot | undefined;
  if (isReadable(plan, version)) {
    snapshot = await firstSnapshot(plan, record, version);
    points.push({ snapshot, version, writes: [], at: record.createdAt });
  }
  for (const checkpoint of checkpoints) {
    const delta = toDelta(checkpoint.delta);
    version = delta.migration?.to ?? version;
    if (!isReadable(plan, version)) snapshot = undefined;
    else if (delta.migration || !snapshot) snapshot = wholeOf(checkpoint);
    else snapshot = applyDelta(planOfVersion(plan, version), snapshot, delta);
    if (snapshot) points.push({ snapshot, version, writes: delta.writes, at: checkpoint.at });
  }
  return points;
}

const isReadable = (plan: GraphPlan, version: string): boolean =>
  version === plan.version || plan.migrations.has(version);

async function allCheckpoints(flows: FlowStore, id: string): Promise<readonly FlowCheckpoint[]> {
  const checkpoints: FlowCheckpoint[] = [];
  let after: string | undefined;
  do {
    const page = await flows.history(id, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    checkpoints.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return checkpoints;
}

/** A delta or a snapshot is plain JSON by its definition. */
export function toJson(value: FlowDelta | FlowSnapshot): JsonValue {
  if ("writes" in value) return { ...value } as JsonObject;
  const { superstep, values, tasks, joins } = value;
  return { superstep, values, tasks, joins } as JsonObject;
}

async function written(plan: GraphPlan, past: FlowSnapshot, update: JsonObject): Promise<FlowSnapshot> {
  const checked = await checkUpdate(plan, "fork", update);
  const from = { values: past.values, bytes: jsonSize(past.values) };
  const { values, bytes } = await writeState(plan, from, [{ node: "fork", update: checked }]);
  return new Snapshot(past.superstep, values, past.tasks, past.joins, bytes);
}

function wholeOf({ snapshot }: FlowCheckpoint): FlowSnapshot | undefined {
  return snapshot as (JsonObject & FlowSnapshot) | undefined;
}

function toDelta(delta: JsonValue): FlowDelta {
  return delta as JsonObject & FlowDelta;
}
