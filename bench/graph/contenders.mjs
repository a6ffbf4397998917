/** The same three graphs, written by hand and on our engine. Nodes are async, as real ones are. */
import { END, field, memoryCheckpointer, Send, START, StateGraph } from "@salesagent/core/graph";

/** @typedef {{ loop(steps: number): () => Promise<number>, kept(steps: number): () => Promise<number>, fanOut(width: number): () => Promise<number> }} Contender */

/** @type {Contender} */
export const floor = {
  loop: (steps) => async () => {
    let state = { n: 0 };
    while (state.n < steps) state = await addOne(state);
    return state.n;
  },
  kept: (steps) => async () => {
    const saved = [];
    let state = { n: 0 };
    while (state.n < steps) {
      state = await addOne(state);
      saved.push(JSON.stringify(state));
    }
    return state.n;
  },
  fanOut: (width) => async () => {
    const states = await Promise.all(Array.from({ length: width }, () => addOne({ n: 0 })));
    return states.reduce((total, { n }) => total + n, 0);
  },
};

/** @param {{ readonly n: number }} state */
const addOne = async ({ n }) => ({ n: n + 1 });

const sum = () =>
  field({ reduce: (/** @type {number} */ all, /** @type {number} */ one) => all + one, default: () => 0 });

/** @param {number} steps @param {import("@salesagent/core/graph").CompileOptions} [options] */
function loopGraph(steps, options) {
  return new StateGraph({ n: field({ default: () => 0 }) })
    .addNode("step", async ({ n }) => ({ n: n + 1 }))
    .addEdge(START, "step")
    .addConditionalEdges("step", ({ n }) => (n < steps ? "step" : END), ["step", END])
    .compile({ recursionLimit: steps + 50, ...options });
}

/** @type {Contender} */
export const ours = {
  loop: (steps) => {
    const graph = loopGraph(steps);
    return async () => (await graph.invoke({})).state.n;
  },
  kept: (steps) => {
    const graph = loopGraph(steps, { checkpointer: memoryCheckpointer({ maxRuns: 2 }) });
    return async () => (await graph.invoke({})).state.n;
  },
  fanOut: (width) => {
    const graph = new StateGraph({ n: sum(), done: field({ default: () => 0 }) })
      .addNode("work", async (/** @type {{ i: number }} */ _item) => ({ n: 1 }))
      .addNode("join", async ({ n }) => ({ done: n }))
      .addConditionalEdges(START, () => Array.from({ length: width }, (_, i) => new Send("work", { i })), [
        "work",
      ])
      .addEdge("work", "join")
      .addEdge("join", END)
      .compile();
    return async () => (await graph.invoke({})).state.done;
  },
};
