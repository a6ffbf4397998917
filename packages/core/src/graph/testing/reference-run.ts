import {
  loopsOn,
  nameOf,
  type RandomGraph,
  type RandomState,
  sendsOf,
  WORKER,
  writeOf,
} from "./random-graph.js";

/** What a run comes to: a state, or the code of its error. */
export type ReferenceEnd = { readonly state: RandomState } | { readonly code: string };

interface Task {
  readonly place: number;
  readonly item?: number;
}

/**
 * Runs a random graph as its rules say, one task after another, with nothing of the engine: the slow and obvious way.
 */
export function referenceRun(graph: RandomGraph, limit = 30): ReferenceEnd {
  const { nodes } = graph;
  let log: readonly string[] = [];
  let counts: Readonly<Record<string, number>> = {};
  let tasks: readonly Task[] = [{ place: 0 }];
  const waiting = uniqueJoins(graph).map((join) => ({ ...join, arrived: new Set<number>() }));
  for (let superstep = 1; tasks.length > 0; superstep++) {
    if (superstep > limit) return { code: "graph.recursion_limit" };
    const before: RandomState = { log, counts };
    for (const { place, item } of tasks) {
      const write = writeOf(item === undefined ? nameOf(place) : WORKER, before, item);
      log = [...log, ...write.log];
      for (const [name, count] of Object.entries(write.counts)) {
        counts = { ...counts, [name]: (counts[name] ?? 0) + count };
      }
    }
    const after: RandomState = { log, counts };
    const next = new Set<number>();
    const items: number[] = [];
    for (const { place, item } of tasks) {
      const node = nodes[place];
      if (item !== undefined || node === undefined) continue;
      for (const to of node.to) if (to < nodes.length) next.add(to);
      for (const join of waiting) if (join.from.includes(place)) join.arrived.add(place);
      if (node.loop && loopsOn(node, nameOf(place), after)) next.add(node.loop.to);
      items.push(...sendsOf(node));
    }
    for (const join of waiting) {
      if (join.arrived.size < 2) continue;
      next.add(join.to);
      join.arrived.clear();
    }
    tasks = [
      ...items.map((item) => ({ place: nodes.length, item })),
      ...[...next].sort((a, b) => a - b).map((place) => ({ place })),
    ];
  }
  if (waiting.some(({ arrived }) => arrived.size > 0)) return { code: "graph.join_stalled" };
  return { state: { log, counts } };
}

/** Two joins of the same nodes are one. */
function uniqueJoins({ joins }: RandomGraph): RandomGraph["joins"] {
  const unique = new Map(joins.map((join) => [`${[...join.from].sort().join()}>${join.to}`, join] as const));
  return [...unique.values()];
}
