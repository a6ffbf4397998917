/**
 * A run of so many steps, each kept in Postgres before the next begins, on each engine. Each contender opens what it needs, gives
 * a function that makes one run and tells how many steps it took, and closes.
 */
import { durableFlows, END, field, START, StateGraph } from "@salesagent/core/graph";
import pg from "pg";
import { postgres } from "../../packages/storage-pg/dist/index.js";

/**
 * @typedef {{ run(steps: number): Promise<number>, close(): Promise<unknown> }} Opened
 * @typedef {(url: string, load: (specifier: string) => Promise<any>) => Promise<Opened>} Contender
 */

/** @type {Record<string, Contender>} */
export const contenders = {
  "bare insert": async (url) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    let runs = 0;
    const text = "insert into floor.flow_steps (tenant, run_id, key, value) values ('bench', $1, $2, $3)";
    return {
      async run(steps) {
        const id = `${process.pid}-${runs++}`;
        for (let n = 1; n <= steps; n++)
          await client.query({ name: "step", text, values: [id, `${n}/step/0`, JSON.stringify({ n })] });
        return steps;
      },
      close: () => client.end(),
    };
  },

  ours: async (url) => {
    const storage = postgres({ connectionString: url });
    const flows = durableFlows({ storage, tenant: "bench" });
    return {
      run: async (steps) => (await oursFor(steps, flows).invoke({})).state.n,
      async close() {
        await flows[Symbol.asyncDispose]();
        await storage[Symbol.asyncDispose]();
      },
    };
  },

  "LangGraph, async writes": (url, load) => openLangGraph(url, load, "async"),
  "LangGraph, sync writes": (url, load) => openLangGraph(url, load, "sync"),

  Mastra: async (url, load) => {
    const { createWorkflow, createStep } = await load("@mastra/core/workflows");
    const { Mastra } = await load("@mastra/core");
    const { PostgresStore } = await load("@mastra/pg");
    const { z } = await load("zod");
    const count = z.object({ n: z.number(), steps: z.number() });
    const step = createStep({
      id: "step",
      inputSchema: count,
      outputSchema: count,
      execute: async (/** @type {any} */ { inputData: { n, steps } }) => ({ n: n + 1, steps }),
    });
    const isDone = async (/** @type {any} */ { inputData: { n, steps } }) => n >= steps;
    const loop = createWorkflow({ id: "loop", inputSchema: count, outputSchema: count })
      .dountil(step, isDone)
      .commit();
    const storage = new PostgresStore({ id: "bench", connectionString: url });
    await storage.init();
    const workflow = new Mastra({ storage, workflows: { loop }, logger: false }).getWorkflow("loop");
    return {
      async run(steps) {
        const { status, result } = await (await workflow.createRun()).start({ inputData: { n: 0, steps } });
        if (status !== "success") throw new Error(`Mastra's run ended as ${status}`);
        return result.n;
      },
      close: async () => storage.close?.(),
    };
  },

  DBOS: async (url, load) => {
    const { DBOS } = await load("@dbos-inc/dbos-sdk");
    const quiet = { info() {}, debug() {}, warn() {}, error() {}, emerg() {} };
    DBOS.setConfig({
      ...{ name: "bench", systemDatabaseUrl: url, logger: quiet },
      ...{ runAdminServer: false, applicationVersion: "1" },
    });
    const loop = DBOS.registerWorkflow(
      async (/** @type {number} */ steps) => {
        let n = 0;
        while (n < steps) n = await DBOS.runStep(async () => n + 1, { name: "step" });
        return n;
      },
      { name: "loop" },
    );
    await DBOS.launch();
    return { run: (steps) => loop(steps), close: () => DBOS.shutdown() };
  },
};

/** @type {Map<number, any>} */
const compiled = new Map();

/** @param {number} steps @param {import("@salesagent/core/graph").Checkpointer} checkpointer */
function oursFor(steps, checkpointer) {
  const graph =
    compiled.get(steps) ??
    new StateGraph({ n: field({ default: () => 0 }) })
      .addNode("step", async ({ n }) => ({ n: n + 1 }))
      .addEdge(START, "step")
      .addConditionalEdges("step", ({ n }) => (n < steps ? "step" : END), ["step", END])
      .compile({ name: "bench", checkpointer, recursionLimit: steps + 50 });
  compiled.set(steps, graph);
  return graph;
}

/**
 * @param {string} url
 * @param {(specifier: string) => Promise<any>} load
 * @param {"sync" | "async"} durability Whether a step waits for the write of the one before, or for its own.
 * @returns {Promise<Opened>}
 */
async function openLangGraph(url, load, durability) {
  const { StateGraph: Peer, Annotation, START: start, END: end } = await load("@langchain/langgraph");
  const { PostgresSaver } = await load("@langchain/langgraph-checkpoint-postgres");
  const checkpointer = PostgresSaver.fromConnString(url);
  await checkpointer.setup();
  let runs = 0;
  const graph = new Peer(Annotation.Root({ n: Annotation(), steps: Annotation() }))
    .addNode("step", async (/** @type {{ n: number }} */ { n }) => ({ n: n + 1 }))
    .addEdge(start, "step")
    .addConditionalEdges(
      "step",
      (/** @type {{ n: number, steps: number }} */ { n, steps }) => (n < steps ? "step" : end),
      ["step", end],
    )
    .compile({ checkpointer });
  return {
    async run(steps) {
      const configurable = { thread_id: `${process.pid}-${runs++}` };
      return (await graph.invoke({ n: 0, steps }, { recursionLimit: steps + 50, configurable, durability }))
        .n;
    },
    close: () => checkpointer.end(),
  };
}
