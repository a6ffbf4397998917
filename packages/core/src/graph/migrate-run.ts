import type { IssueFact, JsonObject } from "@salesagent/ports";
import { beginValues } from "./begin.js";
import { START } from "./command.js";
import type { FlowSnapshot, PlannedTask, RememberedStep } from "./flow.js";
import { migrationRefused, versionUnknown } from "./graph-errors.js";
import type { GraphPlan } from "./graph-plan.js";
import { fromPlannedJoins, toPlannedJoins } from "./migrated-joins.js";
import { migratedOutcome } from "./migrated-outcome.js";
import { migratedValues } from "./migrated-values.js";
import type { MigratedRun, MigrationPlan } from "./migration.js";
import { routeStart } from "./route.js";
import { Snapshot } from "./snapshot.js";
import { jsonSize } from "./state-size.js";
import { keyOfTask } from "./task-run.js";

/** A run between two supersteps, with what it remembers of the next one. */
export interface RunAtRest {
  readonly snapshot: FlowSnapshot;
  readonly steps: readonly RememberedStep[];
}

/**
 * The plan by which runs of a version are read back: the graph's own, or one with the fields of an older version. That one can't
 * be run.
 *
 * @throws SalesAgentError `graph.version_unknown` when no migration leads on from the version.
 */
export function planOfVersion(plan: GraphPlan, version: string): GraphPlan {
  if (version === plan.version) return plan;
  const migration = plan.migrations.get(version);
  if (!migration) throw versionUnknown(plan.name, version, [plan.version, ...plan.migrations.keys()]);
  return { ...plan, version, fields: migration.fields };
}

/** As `begin`, also for a version that is only known by its fields: where its runs began is not. */
export async function beginOfVersion(
  plan: GraphPlan,
  version: string,
  input: unknown,
): Promise<FlowSnapshot> {
  const { values, bytes } = await beginValues(planOfVersion(plan, version), input);
  if (version !== plan.version) return new Snapshot(0, values, [{ node: START, index: 0 }], {}, bytes);
  const { tasks, joins } = await routeStart(plan, values);
  return new Snapshot(0, values, tasks, joins, bytes);
}

/**
 * Takes a run from an older version of its graph to a newer one. A task keeps its key, also where its node has another name now,
 * and with it what it remembers and the names of its effects.
 *
 * @param to - Another version on the way. @defaultValue the graph's own
 * @throws SalesAgentError `graph.version_unknown`; `graph.migration_refused` with all that stands against it, in which case a
 *   worker of the old version can still go on with the run.
 */
export async function migrateRun(
  plan: GraphPlan,
  from: string,
  run: RunAtRest,
  to: string = plan.version,
): Promise<RunAtRest> {
  const issues: IssueFact[] = [];
  const refuse = () => {
    if (issues.length > 0) throw migrationRefused(plan.name, from, to, issues);
  };
  let snapshot = run.snapshot;
  const way = wayOf(plan, from, to);
  for (const migration of way) {
    snapshot = await follow(plan, migration, snapshot, issues);
    refuse();
  }
  const values = await migratedValues(planOfVersion(plan, to), snapshot.values, run.snapshot.values, {
    trusted: way.every(({ fields }) => fields === planOfVersion(plan, to).fields),
    issues,
  });
  refuse();
  if (to !== plan.version) return { snapshot: { ...snapshot, values }, steps: run.steps };
  const tasks = await startedTasks(plan, snapshot.tasks, values, way);
  checkTasks(plan, tasks, issues);
  const joins = toPlannedJoins(plan, fromPlannedJoins(snapshot.joins), issues);
  refuse();
  const steps = await migratedSteps(plan, way, tasks, run.steps, issues);
  refuse();
  return { snapshot: new Snapshot(snapshot.superstep, values, tasks, joins, jsonSize(values)), steps };
}

/** The migrations from one version to another. */
function wayOf(plan: GraphPlan, from: string, to: string): readonly MigrationPlan[] {
  const way: MigrationPlan[] = [];
  for (let at = from; at !== to; ) {
    const migration = plan.migrations.get(at);
    if (!migration) throw versionUnknown(plan.name, from, [plan.version, ...plan.migrations.keys()]);
    way.push(migration);
    at = migration.to;
  }
  return way;
}

async function follow(
  plan: GraphPlan,
  { from, to, nodes, migrate }: MigrationPlan,
  { superstep, values, tasks, joins }: FlowSnapshot,
  issues: IssueFact[],
): Promise<FlowSnapshot> {
  const nameOf = (name: string) => nodes.get(name) ?? name;
  const run = {
    superstep,
    values,
    tasks: tasks.map((task) => renamed(task, nameOf(task.node))),
    joins: fromPlannedJoins(joins).map((join) => ({
      from: join.from.map(nameOf),
      to: nameOf(join.to),
      arrived: join.arrived.map(nameOf),
    })),
  };
  let made: MigratedRun = {};
  try {
    made = (await migrate?.(run)) ?? {};
  } catch (error) {
    throw migrationRefused(plan.name, from, to, [{ path: "migrate", message: "it threw an error" }], error);
  }
  const next = { ...run, ...made };
  if (!isPlainObject(next.values))
    issues.push({ path: "values", message: "they must be an object of fields" });
  if (!Array.isArray(next.tasks)) issues.push({ path: "tasks", message: "they must be a list" });
  if (!Array.isArray(next.joins)) issues.push({ path: "joins", message: "they must be a list" });
  if (issues.length > 0) return { superstep, values, tasks, joins };
  const kept = Object.fromEntries(next.joins.map((it) => [`${it.from.join("+")}>${it.to}`, it.arrived]));
  return { superstep, values: next.values as JsonObject, tasks: next.tasks, joins: kept };
}

const isPlainObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The same task, of a node that has another name: it keeps its key. */
function renamed(task: PlannedTask, node: string): PlannedTask {
  if (node === task.node) return task;
  const { as = task.node, ...others } = task;
  return as === node ? { ...others, node } : { ...others, node, as };
}

/** Puts the nodes that the graph begins with in the place of `START`. */
async function startedTasks(
  plan: GraphPlan,
  tasks: readonly PlannedTask[],
  values: JsonObject,
  way: readonly MigrationPlan[],
): Promise<readonly PlannedTask[]> {
  if (!tasks.some(({ node }) => node === START)) return tasks;
  const { tasks: first } = await routeStart(plan, values);
  const oldNames = new Map<string, string>();
  for (const { nodes } of way) {
    for (const [old, name] of nodes) oldNames.set(name, oldNames.get(old) ?? old);
  }
  const began = first.map((task) => {
    const old = oldNames.get(task.node);
    return old === undefined || old === task.node ? task : { ...task, as: old };
  });
  return tasks.flatMap((task) => (task.node === START ? began : [task]));
}

function checkTasks(plan: GraphPlan, tasks: readonly PlannedTask[], issues: IssueFact[]): void {
  const keys = new Set<string>();
  for (const task of tasks) {
    const { node, index, payload, as = node } = task;
    const path = `tasks.${String(node)}`;
    if (!plan.nodesByName.has(node)) {
      issues.push({
        path,
        message:
          "version " +
          `"${plan.version}" has no such node: say in nodes what it is called, or give other tasks in migrate`,
      });
    } else if (!Number.isInteger(index) || index < 0)
      issues.push({ path, message: "its index must be a whole number ≥ 0" });
    else if (payload !== undefined && jsonSize(payload) < 0)
      issues.push({ path, message: "its payload is no JSON" });
    else if (keys.has(`${as}/${index}`))
      issues.push({ path, message: `there are two tasks of the key "${as}/${index}"` });
    keys.add(`${as}/${index}`);
  }
}

/** What is remembered goes along where its task does. */
async function migratedSteps(
  plan: GraphPlan,
  way: readonly MigrationPlan[],
  tasks: readonly PlannedTask[],
  steps: readonly RememberedStep[],
  issues: IssueFact[],
): Promise<readonly RememberedStep[]> {
  const kept: RememberedStep[] = [];
  for (const step of steps) {
    // Such as what a run waited for: it is remembered anew.
    if (!/^\d+\//.test(step.key)) continue;
    const task = tasks.find((it) => belongsTo(step.key, it));
    if (!task) {
      const message =
        "it has begun, and what it remembers belongs to none of the tasks that go on: keep its task, with its index";
      issues.push({ path: `tasks.${step.key.split("/")[1] ?? ""}`, message });
    } else if (step.key.endsWith(`/${keyOfTask(task)}`)) {
      kept.push({ key: step.key, value: await migratedOutcome(plan, way, task, step.value, issues) });
    } else {
      if (isWithinGraph(step.key) && !isSameGraph(way, task)) {
        const message =
          "the run is in the middle of its sub-graph: name it in sameGraphs if that is the same as before";
        issues.push({ path: `tasks.${task.node}`, message });
      }
      kept.push(step);
    }
  }
  return kept;
}

function belongsTo(key: string, task: PlannedTask): boolean {
  const own = key.slice(key.indexOf("/") + 1);
  const name = keyOfTask(task);
  return own === name || own.startsWith(`${name}/`);
}

/** `3/review/0/1`, the superstep of a sub-graph, or `3/review/0/1/read/0/…`, a step within it. */
const isWithinGraph = (key: string): boolean => /^\d+\/[^/]+\/\d+\/\d+(\/[^/]+\/\d+(\/|$)|$)/.test(key);

/** Whether each migration on the way says so, by the name that the node had by then. */
function isSameGraph(way: readonly MigrationPlan[], { node, as = node }: PlannedTask): boolean {
  let name = as;
  return way.every(({ nodes, sameGraphs }) => {
    name = nodes.get(name) ?? name;
    return sameGraphs.has(name);
  });
}
