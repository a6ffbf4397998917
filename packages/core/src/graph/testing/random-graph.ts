import type { JsonObject, JsonValue } from "@salesagent/ports";
import fc from "fast-check";
import {
  type CompileOptions,
  END,
  field,
  type GraphMigration,
  type NodeContext,
  Send,
  START,
  StateGraph,
} from "../index.js";

/** A node of a random graph, and where it goes on. Targets are places in the list of nodes; the list's length is the end. */
export interface RandomNode {
  /** Steps that it remembers, 0–2. */
  readonly steps: number;
  /** Whether it asks for an answer between its steps. */
  readonly asks: boolean;
  /** Whether it runs through at once. */
  readonly isSync: boolean;
  /** Whether it is a graph of its own, of one node that is like this one. */
  readonly isNested: boolean;
  /** Plain edges. */
  readonly to: readonly number[];
  /** Goes back there until it has run so often. */
  readonly loop: { readonly to: number; readonly until: number } | undefined;
  /** Sends as many items to the worker. */
  readonly sends: number;
}

/** A graph as data: nodes, and joins of two of them. */
export interface RandomGraph {
  readonly nodes: readonly RandomNode[];
  readonly joins: readonly { readonly from: readonly [number, number]; readonly to: number }[];
}

/** Every node is reached, since each is led to by the one before it; and each leads on. */
export const randomGraphs = (): fc.Arbitrary<RandomGraph> =>
  fc.integer({ min: 1, max: 5 }).chain((count) =>
    fc.record({
      nodes: fc.tuple(...Array.from({ length: count }, (_, place) => randomNode(place, count))),
      joins: fc.array(randomJoin(count), { maxLength: count > 2 ? 2 : 0 }),
    }),
  );

function randomNode(place: number, count: number): fc.Arbitrary<RandomNode> {
  const later = fc.integer({ min: place + 1, max: count });
  return fc.record({
    steps: fc.integer({ min: 0, max: 2 }),
    asks: fc.boolean().map((asks) => asks && place % 2 === 0),
    isSync: fc.boolean(),
    isNested: fc.integer({ min: 0, max: 4 }).map((chance) => chance === 0),
    to: fc.uniqueArray(later, { maxLength: 3 }).map((others) => [...new Set([place + 1, ...others])]),
    loop: fc.option(
      fc.record({ to: fc.integer({ min: 0, max: place }), until: fc.integer({ min: 1, max: 3 }) }),
      { nil: undefined, freq: 3 },
    ),
    sends: fc.integer({ min: -4, max: 3 }).map((sends) => Math.max(0, sends)),
  });
}

const randomJoin = (count: number) =>
  fc
    .record({ first: fc.nat(count - 1), second: fc.nat(count - 1), to: fc.nat(count - 1) })
    .filter(({ first, second, to }) => first !== second && to > Math.max(first, second))
    .map(({ first, second, to }) => ({ from: [first, second] as const, to }));

/** What nodes do to the world outside, and when they get on with it. */
export interface World {
  /** Is told when a step is done. */
  done(context: NodeContext, effect: string): void;
  /** Lets time pass in the middle of a node. */
  pass(context: NodeContext): Promise<void>;
}

/** The answer to everything that is asked. */
export const ANSWER = "yes";

const shape = () => ({
  log: field<readonly string[]>({ reduce: (all, some) => [...all, ...some], default: () => [] }),
  counts: field<Readonly<Record<string, number>>>({
    reduce: (all, some) => {
      const sum = { ...all };
      for (const [name, count] of Object.entries(some)) sum[name] = (sum[name] ?? 0) + count;
      return sum;
    },
    default: () => ({}),
  }),
});

export interface RandomState {
  readonly log: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** What a node writes; the same for the engine and for the reference. */
export function writeOf(name: string, seen: RandomState, item: number | undefined): RandomState {
  const from = item === undefined ? `sees ${seen.log.length}` : `item ${item}`;
  return { log: [`${name} ${from}`], counts: { [name]: 1 } };
}

/** The node that items are sent to: added before all others, so it writes first. */
export const WORKER = "worker";
export const nameOf = (place: number): string => `n${place}`;

export const sendsOf = (node: RandomNode): readonly number[] =>
  Array.from({ length: node.sends }, (_, item) => item);

export const loopsOn = (node: RandomNode, name: string, state: RandomState): boolean =>
  node.loop !== undefined && (state.counts[name] ?? 0) < node.loop.until;

/** How it is built where that is not as usual. */
export interface RandomBuild extends Pick<CompileOptions, "version" | "migrations"> {
  /** What its nodes are called in the graph; what they write and do stays the same. */
  readonly called?: (name: string) => string;
}

/** The migration of a graph from version 1 to one whose nodes are called otherwise. */
export const renaming = ({ nodes }: RandomGraph, called: (name: string) => string): GraphMigration => {
  const names = [WORKER, ...nodes.map((_, place) => nameOf(place))];
  const nested = nodes.flatMap(({ isNested }, place) => (isNested ? [called(nameOf(place))] : []));
  return {
    from: "1",
    nodes: Object.fromEntries(names.map((name) => [name, called(name)])),
    sameGraphs: nested,
  };
};

/** Builds it on the engine. */
export function buildGraph({ nodes, joins }: RandomGraph, world: World, build: RandomBuild = {}) {
  const { called = (name: string) => name, ...options } = build;
  const graph = new StateGraph<ReturnType<typeof shape>, string>(shape());
  graph.addNode(called(WORKER), async (item: number, context) => {
    await world.pass(context);
    await context.step("work", () => world.done(context, `${context.superstep}/${WORKER}/${item}`));
    return writeOf(WORKER, { log: [], counts: {} }, item);
  });
  nodes.forEach((node, place) => {
    const name = nameOf(place);
    const work = workOf(node, name, world);
    if (node.isNested) graph.addNode(called(name), nested(name, work));
    else graph.addNode(called(name), work);
  });
  const target = (to: number) => (to === nodes.length ? END : called(nameOf(to)));
  graph.addEdge(START, target(0)).addEdge(called(WORKER), END);
  nodes.forEach((node, place) => {
    const name = nameOf(place);
    for (const to of node.to) graph.addEdge(target(place), target(to));
    graph.addConditionalEdges(
      target(place),
      (state) => [
        ...(node.loop && loopsOn(node, name, state) ? [target(node.loop.to)] : []),
        ...sendsOf(node).map((item) => new Send(called(WORKER), item)),
      ],
      [...(node.loop ? [target(node.loop.to)] : []), called(WORKER)],
    );
  });
  for (const { from, to } of joins) graph.addEdge(from.map(target), target(to));
  return graph.compile({ ...options, name: "random", recursionLimit: 30 });
}

function workOf(node: RandomNode, name: string, world: World) {
  const write = (state: RandomState) => writeOf(name, state, undefined);
  if (node.isSync) return (state: RandomState) => write(state);
  return async (state: RandomState, context: NodeContext) => {
    const effect = (step: number) => `${context.superstep}/${name}/${state.log.length}/${step}`;
    for (let step = 0; step < node.steps; step++) {
      await context.step(`step-${step}`, async () => {
        await world.pass(context);
        world.done(context, effect(step));
        return effect(step);
      });
      if (node.asks && step === 0) context.interrupt<string>(`may ${name} go on?`);
    }
    await world.pass(context);
    return write(state);
  };
}

function nested(
  name: string,
  work: (state: RandomState, context: NodeContext) => RandomState | Promise<RandomState>,
) {
  return new StateGraph(shape())
    .addNode("inside", work)
    .addEdge(START, "inside")
    .addEdge("inside", END)
    .compile({ name: `in-${name}` });
}

export const asRandomState = (values: JsonObject): RandomState =>
  values as JsonValue as RandomState & JsonObject;
