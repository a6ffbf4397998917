import type { JsonObject, JsonValue } from "@salesagent/ports";
import { END, Send } from "./command.js";
import type { ArrivedJoins, PlannedTask } from "./flow.js";
import { invalidGraph, joinStalled, nodeFailed } from "./graph-errors.js";
import type { BranchPlan, ExitPlan, GraphPlan, NodePlan } from "./graph-plan.js";
import { chain, isPromise, type MaybePromise } from "./maybe-promise.js";
import { jsonSize } from "./state-size.js";
import type { TaskGoto, TaskOutcome } from "./task-run.js";

/** What comes after a superstep. */
export interface Route {
  readonly tasks: readonly PlannedTask[];
  readonly joins: ArrivedJoins;
}

const NO_JOINS: ArrivedJoins = Object.freeze({});

/** Gathers where the tasks of one superstep lead to. */
class RouteBuilder {
  readonly #plan: GraphPlan;
  readonly #nodes = new Set<number>();
  readonly #sends: PlannedTask[] = [];
  #joins: Record<string, readonly string[]> | undefined;
  readonly #before: ArrivedJoins;

  constructor(plan: GraphPlan, before: ArrivedJoins) {
    this.#plan = plan;
    this.#before = before;
  }

  go(source: string, targets: TaskGoto): void {
    for (const target of targets) {
      if (target === END) continue;
      const name = typeof target === "string" ? target : target.node;
      const node = this.#plan.nodesByName.get(name);
      if (!node) {
        const message = `leads to "${name}", which is no node`;
        throw invalidGraph(this.#plan.name, [{ path: source, message }]);
      }
      if (typeof target === "string") this.#nodes.add(node.order);
      else this.#sends.push({ node: name, index: 0, payload: target.payload });
    }
  }

  /** Plain edges and joins; branches have to be chosen first. */
  follow(source: string, exits: ExitPlan): void {
    for (const order of exits.to) this.#nodes.add(order);
    for (const { id } of exits.joins) {
      this.#joins ??= { ...this.#before };
      const arrived = this.#joins[id] ?? [];
      if (!arrived.includes(source)) this.#joins[id] = [...arrived, source];
    }
  }

  build(): Route {
    const joins = this.#joins === undefined ? this.#before : this.#release(this.#joins);
    const tasks = [...this.#nodes].sort((a, b) => a - b).map((order) => this.#edgeTask(order));
    if (this.#sends.length > 0) this.#addSends(tasks);
    if (tasks.length === 0) this.#refuseStalled(joins);
    return { tasks, joins };
  }

  #edgeTask(order: number): PlannedTask {
    return { node: (this.#plan.nodes[order] as NodePlan).name, index: 0 };
  }

  #release(joins: Record<string, readonly string[]>): ArrivedJoins {
    for (const join of this.#plan.joins) {
      const arrived = joins[join.id];
      if (arrived === undefined) continue;
      if (arrived.length === join.from.length) {
        this.#nodes.add(join.to);
        delete joins[join.id];
      } else joins[join.id] = join.from.filter((name) => arrived.includes(name));
    }
    return joins;
  }

  /** After the edge's task of the same node, in the order in which they were sent. */
  #addSends(tasks: PlannedTask[]): void {
    const counts = new Map<string, number>();
    for (const { node } of tasks) counts.set(node, 1);
    for (const send of this.#sends) {
      const index = counts.get(send.node) ?? 0;
      counts.set(send.node, index + 1);
      tasks.push({ ...send, index });
    }
    const orderOf = ({ node }: PlannedTask) => this.#plan.nodesByName.get(node)?.order ?? 0;
    tasks.sort((a, b) => orderOf(a) - orderOf(b) || a.index - b.index);
  }

  #refuseStalled(joins: ArrivedJoins): void {
    for (const join of this.#plan.joins) {
      const arrived = joins[join.id];
      if (arrived === undefined) continue;
      const missing = join.from.filter((name) => !arrived.includes(name));
      throw joinStalled(this.#plan.name, (this.#plan.nodes[join.to] as NodePlan).name, missing);
    }
  }
}

/** Where a run begins. */
export function routeStart(plan: GraphPlan, values: JsonObject): MaybePromise<Route> {
  const builder = new RouteBuilder(plan, NO_JOINS);
  builder.follow("START", plan.start);
  return chain(goBranches(plan, builder, "START", plan.start, values), () => builder.build());
}

/** What comes after tasks that are done. A node's branches are chosen once, however many tasks it had. */
export function route(
  plan: GraphPlan,
  before: ArrivedJoins,
  tasks: readonly PlannedTask[],
  outcomes: readonly TaskOutcome[],
  values: JsonObject,
): MaybePromise<Route> {
  const only = tasks.length === 1 ? plan.nodesByName.get((tasks[0] as PlannedTask).node) : undefined;
  if (only?.exits.next && outcomes[0]?.goto === undefined) {
    if (only.exits.next.length > 0 || isEmpty(before)) return { tasks: only.exits.next, joins: before };
  }
  const builder = new RouteBuilder(plan, before);
  const following = new Set<string>();
  tasks.forEach(({ node }, index) => {
    const goto = outcomes[index]?.goto;
    if (goto === undefined) following.add(node);
    else builder.go(node, goto);
  });
  let chosen: MaybePromise<unknown>;
  for (const name of following) {
    const { exits } = plan.nodesByName.get(name) as NodePlan;
    builder.follow(name, exits);
    if (exits.branches.length === 0) continue;
    const choose = () => goBranches(plan, builder, name, exits, values);
    chosen = isPromise(chosen) ? chosen.then(choose) : choose();
  }
  return chain(chosen, () => builder.build());
}

function isEmpty(joins: ArrivedJoins): boolean {
  for (const _ in joins) return false;
  return true;
}

/** One after another, so that the order of what they send is the order of declaration. */
function goBranches(
  plan: GraphPlan,
  builder: RouteBuilder,
  source: string,
  exits: ExitPlan,
  values: JsonObject,
): MaybePromise<unknown> {
  let chosen: MaybePromise<unknown>;
  for (const branch of exits.branches) {
    const choose = () =>
      chain(choice(plan, source, branch, values), (said) =>
        builder.go(source, toGoto(plan, source, said, branch.mapping)),
      );
    chosen = isPromise(chosen) ? chosen.then(choose) : choose();
  }
  return chosen;
}

function choice(
  plan: GraphPlan,
  source: string,
  branch: BranchPlan,
  values: JsonObject,
): MaybePromise<unknown> {
  const failed = (error: unknown) => nodeFailed(plan.name, source, 1, error);
  try {
    const said = branch.choose(values);
    if (!isPromise(said)) return said;
    return Promise.resolve(said).catch((error: unknown) => {
      throw failed(error);
    });
  } catch (error) {
    throw failed(error);
  }
}

/**
 * What a condition or a command said, as data.
 *
 * @throws SalesAgentError `graph.invalid` for what is no name and no `Send`, or is not in the mapping.
 */
export function toGoto(
  plan: GraphPlan,
  source: string,
  said: unknown,
  mapping?: ReadonlyMap<string, string> | undefined,
): TaskGoto {
  const targets: readonly unknown[] = Array.isArray(said) ? said : [said];
  return targets.map((target) => {
    if (target instanceof Send) return { node: target.node, payload: checkPayload(plan, source, target) };
    const name = typeof target === "boolean" ? String(target) : target;
    const mapped = typeof name === "string" ? (mapping ? mapping.get(name) : name) : undefined;
    if (mapped !== undefined) return mapped;
    const message = `chose ${typeof name === "string" ? `"${name}"` : `a value of type ${typeof name}`}, which is ${mapping ? "not in its mapping" : "neither the name of a node nor a Send"}`;
    throw invalidGraph(plan.name, [{ path: source, message }]);
  });
}

function checkPayload(plan: GraphPlan, source: string, { node, payload }: Send): JsonValue {
  if (jsonSize(payload) >= 0) return payload;
  throw invalidGraph(plan.name, [{ path: source, message: `sends "${node}" a payload that is no JSON` }]);
}
