import type { IssueFact, JsonObject } from "@salesagent/ports";
import { checkFunction, checkName } from "../resilience/check-option.js";
import type { PlannedTask } from "./flow.js";
import { invalidGraph } from "./graph-errors.js";
import type { FieldPlan } from "./graph-plan.js";
import type { StateOf, StateShape } from "./state-field.js";

/** A join that some of its sources have reached. */
export interface HalfFullJoin {
  readonly from: readonly string[];
  readonly to: string;
  readonly arrived: readonly string[];
}

/** A run between two supersteps, as a migration finds it. Its nodes are already called by their new names. */
export interface MigratingRun<Values = JsonObject> {
  /** How many supersteps are done. */
  readonly superstep: number;
  readonly values: Values;
  /**
   * What runs next. A run that has taken no superstep yet has one task, `START`: it begins where the new graph begins. `as` is the
   * name under which a task's steps and effects are known, where its node has another name now: keep it.
   */
  readonly tasks: readonly PlannedTask[];
  readonly joins: readonly HalfFullJoin[];
}

/** What a migration makes of a run; what it leaves out stays as it is. */
export interface MigratedRun {
  readonly values?: object;
  readonly tasks?: readonly PlannedTask[];
  readonly joins?: readonly HalfFullJoin[];
}

/** How runs of an older version of a graph go on with a newer one. */
export interface GraphMigration<Shape extends StateShape = StateShape> {
  /** The version that runs come from. */
  readonly from: string;
  /** The version that they come to: the graph's own, or one that another migration leads on from. @defaultValue the graph's */
  readonly to?: string;
  /** The fields of `from`, by whose reducers its runs are read back. @defaultValue those of `to` */
  readonly state?: Shape;
  /** Nodes that have another name in `to`, by their old names. */
  readonly nodes?: Readonly<Record<string, string>>;
  /** Nodes whose sub-graph is the same as before, by their new names: a run may be in the middle of one. @defaultValue none */
  readonly sameGraphs?: readonly string[];
  /** Says what becomes of a run. Pure: it may be asked several times. @defaultValue all of it stays as it is */
  migrate?(run: MigratingRun<StateOf<Shape>>): MigratedRun | Promise<MigratedRun>;
  /**
   * Says what becomes of what a task wrote that is done, in a superstep of which others are not. Pure.
   *
   * @param node - By its new name. @defaultValue it stays as it is
   */
  update?(update: JsonObject, node: string): object;
}

/** A migration as the engine follows it. */
export interface MigrationPlan {
  readonly from: string;
  readonly to: string;
  readonly fields: ReadonlyMap<string, FieldPlan>;
  readonly nodes: ReadonlyMap<string, string>;
  readonly sameGraphs: ReadonlySet<string>;
  readonly migrate: ((run: MigratingRun) => MigratedRun | Promise<MigratedRun>) | undefined;
  readonly update: ((update: JsonObject, node: string) => object) | undefined;
}

/**
 * A migration whose `migrate` is told the types of the old fields.
 *
 * @example
 * ```ts
 * const first = migration({
 *   from: "1",
 *   state: { points: z.number() },
 *   migrate: ({ values }) => ({ values: { score: values.points * 10 } }),
 * });
 * graph.compile({ name: "score", version: "2", migrations: [first] });
 * ```
 */
export function migration<Shape extends StateShape>(init: GraphMigration<Shape>): GraphMigration {
  return init as GraphMigration;
}

/** What is known of a graph when its migrations are checked. */
interface MigratedGraph {
  readonly name: string;
  readonly version: string;
  readonly fields: ReadonlyMap<string, FieldPlan>;
}

/**
 * Checks migrations and puts them in the form in which they are followed.
 *
 * @throws SalesAgentError `graph.invalid` for versions that are there twice or lead nowhere; TypeError naming the option.
 */
export function planMigrations(
  graph: MigratedGraph,
  migrations: readonly GraphMigration[],
  toFields: (shape: StateShape, path: string) => ReadonlyMap<string, FieldPlan>,
): ReadonlyMap<string, MigrationPlan> {
  const given = new Map<string, GraphMigration>();
  const issues: IssueFact[] = [];
  for (const [index, it] of migrations.entries()) {
    const path = `migrations[${index}]`;
    checkName(`compile.${path}.from`, it.from);
    if (it.to !== undefined) checkName(`compile.${path}.to`, it.to);
    if (it.migrate !== undefined) checkFunction(`compile.${path}.migrate`, it.migrate);
    if (it.update !== undefined) checkFunction(`compile.${path}.update`, it.update);
    if (it.from === graph.version)
      issues.push({ path, message: "it leads away from the graph's own version" });
    else if (given.has(it.from)) issues.push({ path, message: `there are two from version "${it.from}"` });
    given.set(it.from, it);
  }
  for (const [index, { from }] of migrations.entries()) {
    if (!leadsHome(graph, given, from))
      issues.push({
        path: `migrations[${index}]`,
        message: `no way leads from version "${from}" to "${graph.version}"`,
      });
  }
  if (issues.length > 0) throw invalidGraph(graph.name, issues);
  const plans = new Map<string, MigrationPlan>();
  const planned = (from: string): MigrationPlan | undefined => {
    const init = given.get(from);
    if (!init || plans.has(from)) return plans.get(from);
    const { to = graph.version, state, nodes = {}, sameGraphs = [], migrate, update } = init;
    const fields = state
      ? toFields(state, `migrations.${from}.state`)
      : (planned(to)?.fields ?? graph.fields);
    const plan: MigrationPlan = {
      ...{ from, to, fields, nodes: new Map(Object.entries(nodes)), sameGraphs: new Set(sameGraphs) },
      migrate: migrate && ((run) => migrate.call(init, run as MigratingRun<StateOf<StateShape>>)),
      update: update && ((written, node) => update.call(init, written, node)),
    };
    plans.set(from, plan);
    return plan;
  };
  for (const from of given.keys()) planned(from);
  return plans;
}

function leadsHome(
  { version }: MigratedGraph,
  given: ReadonlyMap<string, GraphMigration>,
  from: string,
): boolean {
  const passed = new Set<string>();
  for (let at: string | undefined = from; at !== version; at = given.get(at)?.to ?? version) {
    if (passed.has(at) || !given.has(at)) return false;
    passed.add(at);
  }
  return true;
}
