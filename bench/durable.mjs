// Durable runs: what a step, a superstep and the rest of @salesagent/storage-pg's flow stores cost beside one bare INSERT.
// Run: npm run build && node bench/durable.mjs [rounds]. DATABASE_URL names a server; without it one is started, with fsync on.
import { readFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { postgres } from "../packages/storage-pg/dist/index.js";
import { findPostgres } from "../scripts/workspace/postgres.mjs";

const COUNTS = { each: 500, waiting: 10_000 };
const QUICK_COUNTS = { each: 20, waiting: 100 };
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

/** Time and client CPU of `act`, in microseconds a call. */
async function measure(count, act) {
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  for (let index = 0; index < count; index++) await act(index);
  const wallUs = Number(process.hrtime.bigint() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { wallUs: wallUs / count, cpuUs: (user + system) / count };
}

/** As little as a durable step could be: one row of one prepared statement. */
const floorInsert = (pool, counts) => () => {
  const run = `floor-${runs++}`;
  const text = "insert into floor.flow_steps (tenant, run_id, key, value) values ($1, $2, $3, $4)";
  return measure(counts.each, (index) =>
    pool.query({
      name: "floor_step",
      text,
      values: [TENANT, run, `1/draft/0/${index}`, JSON.stringify(VALUE)],
    }),
  );
};

const onRun = (stores, counts, act) => async () => {
  const run = await begin(stores);
  const sample = await measure(counts.each, (index) => act(run, index));
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
        const sample = await measure(counts.each, () =>
          flows.create({ id: `run-${runs++}`, graph: "other", version: "1", input: VALUE }),
        );
        await pool.query(
          "update salesagent.flow_queue set status = 'cancelled', due_at = null where graph = 'other'",
        );
        return sample;
      },
      "claim, nothing due": () => measure(counts.each, () => queue.claim({ ...WANT, limit: 10 })),
      "renew one": onRun(stores, counts, (run) =>
        queue.renew([{ tenant: TENANT, graph: "sales", version: "1", ...run }], LEASE_MS),
      ),
      "load, 20 deltas": async () => {
        const run = await begin(stores);
        for (let seq = 1; seq <= 20; seq++)
          await flows.commit({ ...run, checkpoint: { seq, delta: VALUE, at: AT } });
        const sample = await measure(counts.each, () => flows.load(run.id, run.fence));
        await flows.commit({ ...run, rest: { status: "cancelled" } });
        return sample;
      },
      "wake, claim, wait again": () =>
        measure(counts.each, async (index) => {
          await flows.deliver(woken(index), { name: "answer", payload: true });
          const [claim] = await queue.claim({ ...WANT, limit: 1 });
          const rest = { status: "waiting", awaiting: ["answer"] };
          await flows.commit({ id: claim.id, fence: claim.fence, taken: ["answer"], rest });
        }),
    },
  };
}

async function prepare(pool, { flows, queue }, counts) {
  await pool.query("drop schema if exists floor cascade");
  await pool.query("create schema floor");
  await pool.query("create table floor.flow_steps (like salesagent.flow_steps including all)");
  for (let index = 0; index < counts.waiting; index++) {
    await flows.create({ id: `waiting-${index}`, graph: "sales", version: "1", input: VALUE });
  }
  for (const { id, fence } of await queue.claim({ ...WANT, limit: counts.waiting })) {
    await flows.commit({ id, fence, rest: { status: "waiting", awaiting: ["answer"] } });
  }
}

function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[sorted.length >> 1];
}

function print(group, samples) {
  console.log(`\n${group}`);
  const middle = (list, measured) => median(list.map((sample) => sample[measured]));
  const [floor] = Object.values(samples);
  for (const [name, list] of Object.entries(samples)) {
    const [wall, cpu] = [middle(list, "wallUs"), middle(list, "cpuUs")];
    const walls = list.map((sample) => sample.wallUs);
    const spread = `${Math.min(...walls).toFixed(0)}–${Math.max(...walls).toFixed(0)}`;
    console.log(
      `  ${name.padEnd(26)} ${wall.toFixed(0).padStart(6)} µs wall (${spread}) ${`${(wall / middle(floor, "wallUs")).toFixed(2)}×`.padStart(7)}` +
        `   ${cpu.toFixed(0).padStart(5)} µs CPU ${`${(cpu / middle(floor, "cpuUs")).toFixed(2)}×`.padStart(7)}`,
    );
  }
}

/**
 * @param {{ rounds?: number, quick?: boolean }} options - Samples of each contender, interleaved; a first round, uncounted,
 * warms up. Quick only tries the benchmark.
 * @returns Samples by group and contender, in microseconds a call.
 */
export async function run({ rounds = 7, quick = false } = {}) {
  const server = await findPostgres();
  const pool = new pg.Pool({ connectionString: server.url });
  pool.on("error", () => {}); // the server's end may reach a connection before its own does
  const storage = postgres({ connectionString: server.url });
  const counts = quick ? QUICK_COUNTS : COUNTS;
  try {
    await storage.migrate();
    const stores = { flows: storage.tenant(TENANT).flows, queue: storage.queue };
    await prepare(pool, stores, counts);
    const version = (await pool.query("show server_version")).rows[0].server_version;
    const manifest = new URL("../node_modules/pg/package.json", import.meta.url);
    const pgVersion = JSON.parse(await readFile(manifest, "utf8")).version;
    console.log(
      `durable: Node ${process.version}, PostgreSQL ${version}, pg ${pgVersion}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(2)}, ${rounds} rounds`,
    );
    const results = {};
    for (const [group, contenders] of Object.entries(createGroups(pool, stores, counts))) {
      const samples = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
      for (let round = 0; round <= rounds; round++) {
        for (const [name, sample] of Object.entries(contenders)) {
          const taken = await sample();
          if (round > 0) samples[name].push(taken);
        }
      }
      print(group, samples);
      results[group] = samples;
    }
    return results;
  } finally {
    await storage[Symbol.asyncDispose]();
    await pool.end();
    await server.stop();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await run({ rounds: Number(process.argv[2] ?? 7) });
}
