// Durable runs: a step of the whole engine beside one bare INSERT and beside the peers that are installed (see
// scripts/workspace/peers.mjs), each sample in a process of its own; then what @salesagent/storage-pg's flow stores cost, in one process.
// Run: npm run bench -- durable --rounds 7. DATABASE_URL names a server; without it one is started, with fsync on.
import { fileURLToPath } from "node:url";
import { withDatabase } from "./_database.mjs";
import { figure, interleave, measure, measureGroups, median, tableOf } from "./_interleaved.mjs";
import { findPeers, sampleInProcess } from "./_peers.mjs";

const COUNTS = { each: 500, waiting: 10_000, steps: 100, runs: 8 };
const QUICK_COUNTS = { each: 20, waiting: 100, steps: 20, runs: 1 };
const CLIENT = fileURLToPath(new URL("durable/client.mjs", import.meta.url));
const TENANT = "bench";
const AT = "2026-05-01T09:00:00.000Z";
const LEASE_MS = 3_600_000;
/** What a step comes to: a message of some 300 characters. */
const VALUE = { message: "Thanks for your time on Tuesday. ".repeat(9), ok: true };
const WANT = { owner: "bench", leaseMs: LEASE_MS, graphs: [{ name: "sales", versions: ["1"] }] };

let runs = 0;

/** Creates a run and claims it. */
async function begin({ flows, queue }) {
  const id = `run-${runs++}`;
  await flows.create({ id, graph: "sales", version: "1", input: VALUE });
  const [claim] = await queue.claim({ ...WANT, limit: 1 });
  return { id: claim.id, fence: claim.fence };
}

/** Calls one after the other. */
const repeat = (count, act) =>
  measure(count, async () => {
    for (let index = 0; index < count; index++) await act(index);
  });

/** As little as a durable step could be: one row of one prepared statement. */
const floorInsert = (pool, counts) => () => {
  const run = `floor-${runs++}`;
  const text = "insert into floor.flow_steps (tenant, run_id, key, value) values ($1, $2, $3, $4)";
  return repeat(counts.each, (index) =>
    pool.query({
      name: "floor_step",
      text,
      values: [TENANT, run, `1/draft/0/${index}`, JSON.stringify(VALUE)],
    }),
  );
};

const onRun = (stores, counts, act) => async () => {
  const run = await begin(stores);
  const sample = await repeat(counts.each, (index) => act(run, index));
  await stores.flows.commit({ ...run, rest: { status: "cancelled" } });
  return sample;
};

function createGroups(pool, stores, counts) {
  const { flows, queue } = stores;
  const floor = floorInsert(pool, counts);
  const woken = (index) => `waiting-${index % counts.waiting}`;
  return {
    "a durable step": {
      "bare insert": floor,
      "commit a step": onRun(stores, counts, (run, index) =>
        flows.commit({ ...run, steps: [{ key: `1/draft/0/${index}`, value: VALUE }] }),
      ),
      "commit a superstep": onRun(stores, counts, (run, index) =>
        flows.commit({ ...run, checkpoint: { seq: index + 1, delta: VALUE, at: AT } }),
      ),
      "commit both, three steps": onRun(stores, counts, (run, index) =>
        flows.commit({
          ...run,
          steps: ["a", "b", "c"].map((name) => ({ key: `${index + 2}/draft/0/${name}`, value: VALUE })),
          checkpoint: { seq: index + 1, delta: VALUE, at: AT },
        }),
      ),
    },
    [`a run's life, beside ${counts.waiting.toLocaleString("en-US")} that wait`]: {
      "bare insert": floor,
      create: async () => {
        const sample = await repeat(counts.each, () =>
          flows.create({ id: `run-${runs++}`, graph: "other", version: "1", input: VALUE }),
        );
        await pool.query(
          "update salesagent.flow_queue set status = 'cancelled', due_at = null where graph = 'other'",
        );
        return sample;
      },
      "claim, nothing due": () => repeat(counts.each, () => queue.claim({ ...WANT, limit: 10 })),
      "renew one": onRun(stores, counts, (run) =>
        queue.renew([{ tenant: TENANT, graph: "sales", version: "1", ...run }], LEASE_MS),
      ),
      "load, 20 deltas": async () => {
        const run = await begin(stores);
        for (let seq = 1; seq <= 20; seq++)
          await flows.commit({ ...run, checkpoint: { seq, delta: VALUE, at: AT } });
        const sample = await repeat(counts.each, () => flows.load(run.id, run.fence));
        await flows.commit({ ...run, rest: { status: "cancelled" } });
        return sample;
      },
      "wake, claim, wait again": () =>
        repeat(counts.each, async (index) => {
          await flows.deliver(woken(index), { name: "answer", payload: true });
          const [claim] = await queue.claim({ ...WANT, limit: 1 });
          const rest = { status: "waiting", awaiting: ["answer"] };
          await flows.commit({ id: claim.id, fence: claim.fence, taken: ["answer"], rest });
        }),
    },
  };
}

async function createFloor(pool) {
  await pool.query("drop schema if exists floor cascade");
  await pool.query("create schema floor");
  await pool.query("create table floor.flow_steps (like salesagent.flow_steps including all)");
}

async function fillWithWaiting({ flows, queue }, counts) {
  for (let index = 0; index < counts.waiting; index++) {
    await flows.create({ id: `waiting-${index}`, graph: "sales", version: "1", input: VALUE });
  }
  for (const { id, fence } of await queue.claim({ ...WANT, limit: counts.waiting })) {
    await flows.commit({ id, fence, rest: { status: "waiting", awaiting: ["answer"] } });
  }
}

/** A step of whole engines, each sample in a process of its own: wall time, client CPU, transactions that wrote. */
async function measureEngines({ url }, counts, rounds) {
  const { langgraph, mastra, dbos } = findPeers(["langgraph", "mastra", "dbos"]);
  const folders = {
    "bare insert": "",
    ours: "",
    ...(langgraph && { "LangGraph, async writes": langgraph, "LangGraph, sync writes": langgraph }),
    ...(mastra && { Mastra: mastra }),
    ...(dbos && { DBOS: dbos }),
  };
  const contenders = Object.fromEntries(
    Object.entries(folders).map(([name, folder]) => [
      name,
      () => sampleInProcess(CLIENT, [name, url, counts.steps, counts.runs, folder]),
    ]),
  );
  const samples = await interleave(contenders, { rounds });
  console.log(`\na step of a run of ${counts.steps}, kept before the next begins`);
  const lines = tableOf(samples);
  for (const [index, list] of Object.values(samples).entries()) {
    const writes = median(list.map((sample) => sample.writes));
    console.log(`  ${lines[index]} ${figure(writes)} writing transactions`);
  }
  return samples;
}

/**
 * @param {{ rounds?: number, quick?: boolean }} options - Samples of each contender, interleaved; a first round, uncounted,
 * warms up. Quick only tries the benchmark.
 * @returns Samples by group and contender, in microseconds a call.
 */
export function run({ rounds = 7, quick = false } = {}) {
  const counts = quick ? QUICK_COUNTS : COUNTS;
  return withDatabase(async ({ url, pool, storage }) => {
    const stores = { flows: storage.tenant(TENANT).flows, queue: storage.queue };
    await createFloor(pool);
    const engines = await measureEngines({ url }, counts, rounds);
    await fillWithWaiting(stores, counts);
    return { engines, ...(await measureGroups(createGroups(pool, stores, counts), rounds)) };
  });
}
