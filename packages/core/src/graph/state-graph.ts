import { type Clock, createSortableIds, type StandardSchema, systemClock } from "@salesagent/ports";
import { checkFunction, checkName, checkOption, checkSpan, checkWhole } from "../resilience/check-option.js";
import type { RetryOptions } from "../resilience/retry.js";
import type { Command, END, Send, START } from "./command.js";
import { compilePlan, type EdgeDraft, type NodeDraft } from "./compile-plan.js";
import { CompiledGraph } from "./compiled-graph.js";
import type { BranchPlan, FieldPlan, GraphPlan, NodeRun } from "./graph-plan.js";
import type { Checkpointer } from "./graph-runs.js";
import { type GraphMigration, planMigrations } from "./migration.js";
import type { NodeCacheOptions } from "./node-cache.js";
import type { NodeContext } from "./node-context.js";
import { type InputOf, StateField, type StateOf, type StateShape, type UpdateOf } from "./state-field.js";
import { subGraphRun } from "./sub-graph.js";

/** How a node's failures are tried again: what `retry` of `core/resilience` takes, but for time, chance and signal. */
export type NodeRetry = Omit<RetryOptions, "signal" | "clock" | "random" | "onWait">;

/** What a node is given beside its work. */
export interface NodeOptions<Input = never> {
  /**
   * Tries it again when it throws; steps that are done are not repeated. Not tried again: slips of the programmer
   * (`TypeError`, `RangeError`, …) and errors of the family that time does not mend. @defaultValue no other try
   */
  readonly retry?: NodeRetry;
  /** Milliseconds for each try. @defaultValue no limit */
  readonly timeoutMs?: number;
  /** Gives a kept outcome for an equal input. @defaultValue none is kept */
  readonly cache?: NodeCacheOptions<Input>;
  /** Where its commands may lead: needed with `Command({ goto })`. */
  readonly ends?: readonly string[];
  /** Checks its input, for nodes that are sent payloads. */
  readonly payload?: StandardSchema<unknown, Input>;
}

/** What a node may give. */
// biome-ignore lint/suspicious/noConfusingVoidType: a node that ends without `return` gives nothing, which its type calls void
export type NodeResult<Update> = Update | Command<Update> | undefined | void;

/** The work of a node. */
export type NodeFunction<Input, Update> = (
  input: Input,
  context: NodeContext,
) => NodeResult<Update> | Promise<NodeResult<Update>>;

/** How the state of a sub-graph goes together with the one around it. */
export interface SubGraphOptions<State, Update, SubState, SubInput> {
  /** What the sub-graph begins with. @defaultValue the fields that both have */
  input?(state: State): SubInput;
  /** What it writes when it is done. @defaultValue what was written to the fields that both have */
  output?(state: SubState): Update;
}

/** How a graph is compiled. */
export interface CompileOptions {
  /** Names it in errors, keys and stored runs; as a node's name. */
  readonly name?: string;
  /** Runs are pinned to it: change it when nodes or fields change. 1–400 characters. @defaultValue "1" */
  readonly version?: string;
  /**
   * How runs of older versions go on with this one: a worker that has only this version takes them over, between two supersteps.
   * For runs that outlive their process; `memoryCheckpointer` keeps a run with the graph that it was begun with.
   *
   * @defaultValue none: they wait for a worker that has their version
   */
  readonly migrations?: readonly GraphMigration[];
  /** Keeps its runs, so that they can wait, be resumed and looked at. @defaultValue none: runs can't wait */
  readonly checkpointer?: Checkpointer;
  /** Supersteps that a run may take. @defaultValue 25 */
  readonly recursionLimit?: number;
  /** Tasks of one superstep at once; a whole number ≥ 1, or `Infinity`. @defaultValue Infinity */
  readonly concurrency?: number;
  /** How large the state may grow, as JSON, about. @defaultValue 10,000,000 */
  readonly maxStateBytes?: number;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** Numbers in [0, 1), for the waits between tries. @defaultValue Math.random */
  readonly random?: () => number;
  /** Ids of runs. @defaultValue UUIDs of version 7 */
  readonly newId?: () => string;
}

type NameOf<Said> = Said extends Send ? never : Said;

/** What a condition may say. */
export type Choice<Name extends string> = Name | Send | readonly (Name | Send)[];

/**
 * A graph of nodes over one state. Nodes that run side by side see the same state; what they write is put together by the
 * fields' reducers, in the order in which the nodes were added.
 *
 * @example
 * ```ts
 * const graph = new StateGraph({ count: field({ default: () => 0 }) })
 *   .addNode("add", ({ count }) => ({ count: count + 1 }))
 *   .addEdge(START, "add")
 *   .addConditionalEdges("add", ({ count }) => (count < 3 ? "add" : END), ["add", END])
 *   .compile({ name: "counter" });
 * const { state } = await graph.invoke({}); // { count: 3 }
 * ```
 */
export class StateGraph<Shape extends StateShape, Names extends string = typeof START> {
  readonly #fields: ReadonlyMap<string, FieldPlan>;
  readonly #nodes: NodeDraft[] = [];
  readonly #edges: EdgeDraft[] = [];

  constructor(shape: Shape) {
    this.#fields = toFields(shape, "shape");
  }

  /**
   * @param name - 1–64 letters, digits, `_`, `-` or `.`.
   * @param work - A function of the state (or of a payload that is sent to it), or a compiled graph.
   */
  addNode<Name extends string, SubState, SubUpdate, SubInput>(
    name: Name,
    work: CompiledGraph<SubState, SubUpdate, SubInput>,
    options?: Omit<NodeOptions<StateOf<Shape>>, "payload" | "ends"> &
      SubGraphOptions<StateOf<Shape>, UpdateOf<Shape>, SubState, SubInput>,
  ): StateGraph<Shape, Names | Name>;
  addNode<Name extends string, Input = StateOf<Shape>>(
    name: Name,
    work: NodeFunction<Input, UpdateOf<Shape>>,
    options?: NodeOptions<Input>,
  ): StateGraph<Shape, Names | Name>;
  addNode(
    name: string,
    work: NodeDraft["work"] | CompiledGraph<unknown, unknown, unknown> | NodeRun,
    options: NodeOptions<unknown> & SubGraphOptions<unknown, unknown, unknown, unknown> = {},
  ): this {
    checkNode(name, options);
    this.#nodes.push({
      name,
      work:
        work instanceof CompiledGraph
          ? {
              kind: "graph",
              run: subGraphRun({ graph: work.plan, input: options.input, output: options.output }),
            }
          : { kind: "function", run: work as NodeRun },
      payload: options.payload,
      retry: options.retry,
      timeoutMs: options.timeoutMs,
      cache: options.cache,
      ends: options.ends && new Set(options.ends),
    });
    return this;
  }

  /**
   * Goes on to a node when another is done; from a list, when all of it are done, counted since the last time.
   * Two edges to one node are no join: it runs after each superstep in which one of its sources ran.
   */
  addEdge(from: Names | readonly Exclude<Names, typeof START>[], to: Names | typeof END): this {
    if (typeof from === "string") this.#edges.push({ kind: "edge", from, to });
    else if (from.length === 1) this.#edges.push({ kind: "edge", from: from[0] as string, to });
    else this.#edges.push({ kind: "join", from: [...from], to });
    return this;
  }

  /**
   * Chooses where to go on, once for each superstep in which the node ran.
   *
   * @param choose - Is given the state after the superstep, with all that was written in it; says names, `Send`s, or a key of
   *   the mapping. It may be asked again after a crash, so it acts on nothing.
   * @param mapping - The nodes that it may choose, or what it says for them. Without it any node may come next, which no
   *   check can follow.
   */
  addConditionalEdges<Key extends string>(
    from: Names,
    choose: (state: StateOf<Shape>) => Choice<Key> | boolean | Promise<Choice<Key> | boolean>,
    mapping?: readonly (Names | typeof END)[] | Readonly<Record<NameOf<Key>, Names | typeof END>>,
  ): this {
    checkFunction("addConditionalEdges: choose", choose);
    this.#edges.push({
      kind: "branch",
      from,
      branch: { choose: choose as BranchPlan["choose"], mapping: toMapping(mapping) },
    });
    return this;
  }

  /**
   * Checks the graph, and makes it ready to run.
   *
   * @throws SalesAgentError `graph.invalid` with all that is wrong; RangeError or TypeError naming the option.
   */
  compile(options: CompileOptions = {}): CompiledGraph<StateOf<Shape>, UpdateOf<Shape>, InputOf<Shape>> {
    const { name = "graph", version = "1", clock = systemClock, random = Math.random } = options;
    checkName("compile.version", version);
    const known = { name, version, fields: this.#fields };
    const migrations = planMigrations(known, options.migrations ?? [], toFields);
    const draft = { ...known, nodes: this.#nodes, edges: this.#edges, migrations };
    const plan = compilePlan(draft, checkLimits(options));
    const { newId = createSortableIds(clock), checkpointer } = options;
    return new CompiledGraph(plan, { clock, random, newId }, checkpointer);
  }
}

function toFields(shape: StateShape, path: string): ReadonlyMap<string, FieldPlan> {
  return new Map(
    Object.entries(shape).map(([name, entry]) => [name, toFieldPlan(name, entry, path)] as const),
  );
}

function toFieldPlan(
  name: string,
  entry: StandardSchema | StateField<unknown, unknown>,
  path: string,
): FieldPlan {
  if (entry instanceof StateField) {
    const { schema, update, default: initial, reducer } = entry;
    return { name, schema, update, default: initial, reducer };
  }
  if (typeof entry?.["~standard"]?.validate !== "function") {
    throw new TypeError(`${path}.${name} must be a Standard Schema or field(…)`);
  }
  return { name, schema: entry, update: undefined, default: undefined, reducer: undefined };
}

function toMapping(
  mapping: readonly string[] | Readonly<Record<string, string>> | undefined,
): ReadonlyMap<string, string> | undefined {
  if (mapping === undefined) return undefined;
  const entries: readonly (readonly [string, string])[] = isList(mapping)
    ? mapping.map((name) => [name, name] as const)
    : Object.entries(mapping);
  return new Map(entries);
}

const isList = (value: object): value is readonly string[] => Array.isArray(value);

function checkNode(name: string, options: NodeOptions<unknown>): void {
  const path = `nodes.${name}`;
  if (options.timeoutMs !== undefined) checkSpan(`${path}.timeoutMs`, options.timeoutMs, 1);
  if (options.cache) checkFunction(`${path}.cache.key`, options.cache.key);
  if (options.cache?.ttlMs !== undefined) checkSpan(`${path}.cache.ttlMs`, options.cache.ttlMs, 1);
  if (options.cache?.maxEntries !== undefined)
    checkWhole(`${path}.cache.maxEntries`, options.cache.maxEntries, 1);
}

function checkLimits(
  options: CompileOptions,
): Pick<GraphPlan, "recursionLimit" | "concurrency" | "maxStateBytes"> {
  const { recursionLimit = 25, concurrency = Number.POSITIVE_INFINITY, maxStateBytes = 10_000_000 } = options;
  checkWhole("compile.recursionLimit", recursionLimit, 1);
  const isCount = (it: number) => it === Number.POSITIVE_INFINITY || (Number.isInteger(it) && it >= 1);
  checkOption("compile.concurrency", concurrency, "a whole number ≥ 1, or Infinity", isCount);
  checkOption("compile.maxStateBytes", maxStateBytes, "a number > 0", (it) => it > 0);
  return { recursionLimit, concurrency, maxStateBytes };
}
