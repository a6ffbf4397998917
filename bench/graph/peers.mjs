/** The graphs of `contenders.mjs` on the peers that are installed. */

/**
 * @typedef {import("./contenders.mjs").Contender} Contender
 * @typedef {(specifier: string) => Promise<any>} Load
 */

/**
 * @param {Load} load
 * @returns {Promise<Contender>}
 */
export async function openLangGraph(load) {
  const {
    StateGraph: Peer,
    Annotation,
    MemorySaver,
    Send: PeerSend,
    START,
    END,
  } = await load("@langchain/langgraph");
  const looped = (/** @type {number} */ steps) =>
    new Peer(Annotation.Root({ n: Annotation() }))
      .addNode("step", async (/** @type {{ n: number }} */ { n }) => ({ n: n + 1 }))
      .addEdge(START, "step")
      .addConditionalEdges("step", (/** @type {{ n: number }} */ { n }) => (n < steps ? "step" : END), [
        "step",
        END,
      ]);
  return {
    loop: (steps) => {
      const graph = looped(steps).compile();
      return async () => (await graph.invoke({ n: 0 }, { recursionLimit: steps + 50 })).n;
    },
    kept: (steps) => async () => {
      const graph = looped(steps).compile({ checkpointer: new MemorySaver() });
      const configurable = { thread_id: "t" };
      return (await graph.invoke({ n: 0 }, { recursionLimit: steps + 50, configurable })).n;
    },
    fanOut: (width) => {
      const reducer = (/** @type {number} */ all, /** @type {number} */ one) => all + one;
      const state = Annotation.Root({ n: Annotation({ reducer, default: () => 0 }), done: Annotation() });
      const sends = () => Array.from({ length: width }, (_, i) => new PeerSend("work", { i }));
      const graph = new Peer(state)
        .addNode("work", async () => ({ n: 1 }))
        .addNode("join", async (/** @type {{ n: number }} */ { n }) => ({ done: n }))
        .addConditionalEdges(START, sends, ["work"])
        .addEdge("work", "join")
        .addEdge("join", END)
        .compile();
      return async () => (await graph.invoke({ n: 0 }, { recursionLimit: 50 })).done;
    },
  };
}

/**
 * @param {Load} load
 * @returns {Promise<Contender>}
 */
export async function openMastra(load) {
  const { createWorkflow, createStep } = await load("@mastra/core/workflows");
  const { z } = await load("zod");
  const count = z.object({ n: z.number() });
  const counting = (/** @type {string} */ id, /** @type {(n: number) => number} */ next) =>
    createStep({
      id,
      inputSchema: count,
      outputSchema: count,
      execute: async (/** @type {any} */ { inputData }) => ({ n: next(inputData.n) }),
    });
  const looped = (/** @type {number} */ steps) =>
    createWorkflow({ id: "loop", inputSchema: count, outputSchema: count })
      .dountil(
        counting("step", (n) => n + 1),
        async (/** @type {any} */ { inputData }) => inputData.n >= steps,
      )
      .commit();
  const start = async (/** @type {any} */ workflow) => {
    const { status, result } = await (await workflow.createRun()).start({ inputData: { n: 0 } });
    if (status !== "success") throw new Error(`Mastra's run ended as ${status}`);
    return result.n;
  };
  return {
    loop: (steps) => {
      const workflow = looped(steps);
      return () => start(workflow);
    },
    kept: (steps) => {
      const workflow = looped(steps);
      return async () => {
        const { Mastra } = await load("@mastra/core");
        const { InMemoryStore } = await load("@mastra/core/storage");
        const mastra = new Mastra({ storage: new InMemoryStore(), workflows: { workflow }, logger: false });
        return start(mastra.getWorkflow("workflow"));
      };
    },
    fanOut: (width) => {
      const join = createStep({
        id: "join",
        inputSchema: z.any(),
        outputSchema: count,
        execute: async (/** @type {any} */ { inputData }) => ({
          n: Object.values(inputData).reduce((total, { n }) => total + n, 0),
        }),
      });
      const workflow = createWorkflow({ id: "fan", inputSchema: count, outputSchema: count })
        .parallel(Array.from({ length: width }, (_, index) => counting(`work${index}`, () => 1)))
        .then(join)
        .commit();
      return () => start(workflow);
    },
  };
}
