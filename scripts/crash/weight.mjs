/**
 * What runs weigh that do nothing: 10,000 that wait, in the process that works on them and in Postgres; and what a long one leaves
 * behind: a thousand steps that write a transcript of a megabyte. Needs --expose-gc; `RUNS` and `STEPS` for other counts.
 */
import { durableFlows, END, field, START, StateGraph } from "@salesagent/core/graph";
import { postgres } from "@salesagent/storage-pg";
import { heapMb } from "../soak/_heap.mjs";
import { printChecks } from "./_checks.mjs";
import { insist, onPostgres, openPool } from "./_database.mjs";

const RUNS = Number(process.env["RUNS"] ?? 10_000);
const STEPS = Number(process.env["STEPS"] ?? 1_000);
const WARM = 500;
const AT_ONCE = 100;
const RUNS_TO_AN_ANALYSIS = 1_000;
const WOKEN = 50;
const MESSAGE = "Thanks for your time on Tuesday, and for the numbers. ".repeat(19).slice(0, 1_024);
const MOST_HEAP_BYTES = 1_024;
const MOST_CHECKPOINT_MB = 5;
const MEGABYTE = 1_048_576;
const TENANT = "weight";

/** @typedef {import("./_checks.mjs").Check} Check */

/** A pool that counts what is asked of the database. @param {string} url */
function countingPool(url) {
  // How soon what is written reaches the disk is not measured here.
  const pool = openPool(url, { max: 8, options: "-c synchronous_commit=off" });
  const counts = { queries: 0 };
  pool.on("connect", (client) => {
    const query = client.query.bind(client);
    client.query = (/** @type {any[]} */ ...more) => {
      counts.queries += 1;
      return /** @type {any} */ (query)(...more);
    };
  });
  return { pool, counts };
}

/** @param {import("@salesagent/core/graph").Checkpointer} checkpointer */
const waitingGraph = (checkpointer) =>
  new StateGraph({ answer: field({ default: () => "" }) })
    .addNode("ask", async (_, context) => ({ answer: String(await context.waitFor("answer")) }))
    .addEdge(START, "ask")
    .addEdge("ask", END)
    .compile({ name: "waiting", checkpointer });

/**
 * @param {ReturnType<typeof waitingGraph>} graph
 * @param {string} prefix
 * @param {number} count
 * @param {import("pg").Pool} pool
 */
async function beginMany(graph, prefix, count, pool) {
  for (let from = 0; from < count; from += AT_ONCE) {
    // What autovacuum does by the minute: else a table that grows from nothing within one is read as if it were small.
    if (from % RUNS_TO_AN_ANALYSIS === 0)
      await pool.query("analyze salesagent.flow_queue, salesagent.flow_runs");
    const ends = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) =>
      graph.invoke({}, { runId: `${prefix}-${from + index}` }),
    );
    for (const { status } of await Promise.all(ends)) {
      if (status !== "waiting") throw new Error(`A run that should wait is ${status}.`);
    }
  }
}

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

/** @param {string} url @returns {Promise<Check[]>} */
async function weighWaiting(url) {
  const [worker, host] = [countingPool(url), countingPool(url)];
  const storage = postgres({ pool: worker.pool });
  const flows = durableFlows({ storage, tenant: TENANT, concurrency: AT_ONCE });
  const graph = waitingGraph(flows);
  await beginMany(graph, "warm", WARM, host.pool);
  const [heapBefore, timersBefore] = [await heapMb(), timers()];
  const startedMs = performance.now();
  await beginMany(graph, "run", RUNS, host.pool);
  const seconds = (performance.now() - startedMs) / 1_000;
  const heapBytes = (((await heapMb()) - heapBefore) * MEGABYTE) / RUNS;
  const timersAdded = timers() - timersBefore;
  const hostStorage = postgres({ pool: host.pool });
  const hostGraph = waitingGraph(durableFlows({ storage: hostStorage, tenant: TENANT, work: "elsewhere" }));
  await hostGraph.deliver("warm-0", "answer", "yes");
  host.counts.queries = 0;
  for (let index = 0; index < WOKEN; index++) await hostGraph.deliver(`run-${index}`, "answer", "yes");
  const queriesEach = host.counts.queries / WOKEN;
  const [ended, waiting] = await untilEnded(host.pool);
  await flows[Symbol.asyncDispose]();
  for (const opened of [storage, hostStorage]) await opened[Symbol.asyncDispose]();
  for (const { pool } of [worker, host]) await pool.end();
  return [
    { name: "runs that wait", figures: [waiting] },
    { name: "seconds to begin them", figures: [seconds.toFixed(1)] },
    { name: "timers that they hold", figures: [timersAdded], target: "0", held: timersAdded <= 0 },
    {
      name: "bytes of heap for each",
      figures: [Math.round(heapBytes)],
      target: `< ${MOST_HEAP_BYTES.toLocaleString("en-US")}`,
      held: heapBytes < MOST_HEAP_BYTES,
    },
    { name: "queries to wake one", figures: [queriesEach], target: "1", held: queriesEach === 1 },
    {
      name: `of ${WOKEN} that were woken, ended`,
      figures: [ended],
      target: String(WOKEN),
      held: ended === WOKEN,
    },
  ];
}

/**
 * Waits until those that were woken have ended.
 *
 * @param {import("pg").Pool} pool
 * @returns {Promise<[ended: number, waiting: number]>}
 */
async function untilEnded(pool) {
  for (let looks = 0; ; looks++) {
    const rows = await insist(
      pool,
      "select status, count(*)::int as count from salesagent.flow_queue where tenant = $1 and id like 'run-%' group by status",
      [TENANT],
    );
    const countOf = (/** @type {string} */ status) => rows.find((row) => row.status === status)?.count ?? 0;
    if (countOf("completed") === WOKEN || looks === 600) return [countOf("completed"), countOf("waiting")];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** @param {string} url @returns {Promise<Check[]>} */
async function weighTranscript(url) {
  const storage = postgres({ connectionString: url });
  const flows = durableFlows({ storage, tenant: TENANT });
  const graph = new StateGraph({
    turns: field({ default: () => 0 }),
    transcript: field({
      default: () => /** @type {string[]} */ ([]),
      reduce: (/** @type {string[]} */ all, /** @type {string[]} */ more) => [...all, ...more],
    }),
  })
    .addNode("turn", ({ turns }) => ({ turns: turns + 1, transcript: [MESSAGE] }))
    .addEdge(START, "turn")
    .addConditionalEdges("turn", ({ turns }) => (turns < STEPS ? "turn" : END), ["turn", END])
    .compile({ name: "transcript", checkpointer: flows, recursionLimit: STEPS + 1 });
  const startedMs = performance.now();
  const { state } = await graph.invoke({}, { runId: "long" });
  const seconds = (performance.now() - startedMs) / 1_000;
  await flows[Symbol.asyncDispose]();
  await storage[Symbol.asyncDispose]();
  const pool = openPool(url, { options: `-c salesagent.tenant=${TENANT}` });
  const [row] = await insist(
    pool,
    `select count(*)::int as count, count(snapshot)::int as snapshots,
       sum(octet_length(delta::text) + coalesce(octet_length(snapshot::text), 0))::float8 as bytes,
       sum(pg_column_size(delta) + coalesce(pg_column_size(snapshot), 0))::float8 as stored
     from salesagent.flow_checkpoints where tenant = $1 and run_id = 'long'`,
    [TENANT],
  );
  await pool.end();
  const megabytes = row.bytes / MEGABYTE;
  return [
    { name: "steps of the long run", figures: [row.count] },
    {
      name: "MB of its transcript",
      figures: [(JSON.stringify(state.transcript).length / MEGABYTE).toFixed(2)],
    },
    { name: "seconds of it", figures: [seconds.toFixed(1)] },
    {
      name: "MB of checkpoints",
      figures: [megabytes.toFixed(2)],
      target: `< ${MOST_CHECKPOINT_MB}`,
      held: megabytes < MOST_CHECKPOINT_MB && row.count === STEPS,
    },
    { name: "whole snapshots among them", figures: [row.snapshots] },
    { name: "MB as Postgres keeps them, compressed", figures: [(row.stored / MEGABYTE).toFixed(2)] },
  ];
}

process.exitCode = await onPostgres(async (url, server) =>
  printChecks({
    title: "What waiting and long runs weigh",
    facts: await server.versions(),
    columns: ["ours"],
    checks: [...(await weighWaiting(url)), ...(await weighTranscript(url))],
    asJson: process.argv.includes("--json"),
  }),
);
