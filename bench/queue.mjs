// Job queues: jobs drained a second by one and two worker processes, and the time from enqueuing to the start of an idle
// worker; @salesagent/storage-pg/jobs beside pg-boss's own worker, batches by hand, and bare batches of one table.
// Run: npm run bench -- queue. DATABASE_URL names a server; without it one is started, with fsync on.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import pg from "pg";
import PgBoss from "pg-boss";
import { pgBossJobs } from "../packages/storage-pg/dist/jobs/index.js";
import { findPostgres } from "../scripts/workspace/postgres.mjs";

const WORKER = fileURLToPath(new URL("./queue/worker.mjs", import.meta.url));
const WAYS = {
  ours: 20_000,
  "pg-boss work()": 2000,
  "pg-boss batches": 20_000,
  "batch floor": 20_000,
};
const QUICK_JOBS = 200;
const LATENCIES = 100;
const PAYLOAD = { leadId: "0199b3a0-0000-7000-8000-000000000000", step: "enrich", tags: ["a", "b"] };

/** Fills a queue; gives a count of what is left. */
const fill = {
  async ours(url, schema, jobs) {
    const engine = pgBossJobs({ connectionString: url, schema });
    const job = { queue: "bench", tenant: "bench", payload: PAYLOAD };
    await engine.enqueueMany(Array.from({ length: jobs }, () => job));
    await engine[Symbol.asyncDispose]();
    return `select count(*)::int as count from ${schema}.job where name = 'bench'`;
  },
  async boss(url, schema, jobs) {
    const boss = await new PgBoss({ connectionString: url, schema, schedule: false }).start();
    await boss.createQueue("bench");
    await boss.insert(Array.from({ length: jobs }, () => ({ name: "bench", data: PAYLOAD })));
    await boss.stop({ graceful: false });
    return `select count(*)::int as count from ${schema}.job where name = 'bench' and state < 'completed'`;
  },
  async floor(pool, jobs) {
    await pool.query("drop table if exists bench_floor");
    await pool.query(
      "create table bench_floor (id bigint generated always as identity, priority int not null default 0, data jsonb)",
    );
    await pool.query("create index on bench_floor (priority desc, id)");
    await pool.query("insert into bench_floor (data) select $1 from generate_series(1, $2)", [PAYLOAD, jobs]);
    return "select count(*)::int as count from bench_floor";
  },
};

function fillFor(way, { url, pool, schema, jobs }) {
  if (way === "ours") return fill.ours(url, schema, jobs);
  return way === "batch floor" ? fill.floor(pool, jobs) : fill.boss(url, schema, jobs);
}

async function startWorker(way, url, schema) {
  const child = spawn(process.execPath, [WORKER, way, url, schema, "bench"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return {
    begin: () => child.stdin.write("go\n"),
    async end() {
      child.stdin.write("stop\n");
      const [line] = await once(child.stdout, "data");
      return JSON.parse(String(line));
    },
  };
}

/** Jobs a second from the word to begin, connecting included, and client processor time a job. */
async function drain(way, context, processes) {
  const { url, pool, jobs } = context;
  const left = await fillFor(way, context);
  await pool.query("analyze");
  const workers = await Promise.all(
    Array.from({ length: processes }, () => startWorker(way, url, context.schema)),
  );
  const begun = Date.now();
  for (const worker of workers) worker.begin();
  for (;;) {
    const { rows } = await pool.query(left);
    if (rows[0].count === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const ends = await Promise.all(workers.map((worker) => worker.end()));
  const last = Math.max(...ends.map((end) => end.last));
  const done = ends.reduce((sum, end) => sum + end.done, 0);
  if (done !== jobs) throw new Error(`${way} did ${done} of ${jobs} jobs`);
  const cpuMicros = ends.reduce((sum, end) => sum + end.cpuMicros, 0);
  return { perSecond: (jobs / (last - begun)) * 1000, cpuMicros: cpuMicros / jobs };
}

/** From the call of enqueue to the start of the handler, in milliseconds, with nothing else to do; one process of its own each. */
async function measureLatency(way, url, schema, count) {
  const times = [];
  let started = () => {};
  const open = {
    async ours() {
      const worker = pgBossJobs({ connectionString: url, schema });
      const sender = pgBossJobs({ connectionString: url, schema });
      await worker.work("idle", async () => started());
      return {
        send: () => sender.enqueue({ queue: "idle", tenant: "bench", payload: PAYLOAD }),
        close: () => Promise.all([worker[Symbol.asyncDispose](), sender[Symbol.asyncDispose]()]),
      };
    },
    async "pg-boss work()"() {
      const boss = await new PgBoss({ connectionString: url, schema, schedule: false }).start();
      await boss.createQueue("idle");
      await boss.work("idle", { pollingIntervalSeconds: 0.5 }, async () => started());
      return { send: () => boss.send("idle", PAYLOAD), close: () => boss.stop({ graceful: false }) };
    },
  };
  const { send, close } = await open[way]();
  for (let index = 0; index < count + 5; index++) {
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 20));
    const begun = performance.now();
    const start = new Promise((resolve) => {
      started = resolve;
    });
    await send();
    await start;
    if (index >= 5) times.push(performance.now() - begun);
  }
  await close();
  times.sort((left, right) => left - right);
  return { median: times[times.length >> 1], most: times[Math.ceil(times.length * 0.95) - 1] };
}

const median = (values) => [...values].sort((left, right) => left - right)[values.length >> 1];

export async function run({ rounds = 5, quick = false } = {}) {
  const server = await findPostgres();
  const pool = new pg.Pool({ connectionString: server.url, max: 2 });
  pool.on("error", () => {});
  const results = new Map();
  let turn = 0;
  try {
    for (let round = 0; round < rounds; round++) {
      for (const processes of [1, 2]) {
        for (const [way, full] of Object.entries(WAYS)) {
          const jobs = quick ? QUICK_JOBS : full;
          turn += 1;
          const schema = `bench_queue_${turn}`;
          const sample = await drain(way, { url: server.url, pool, schema, jobs }, processes);
          await pool.query(`drop schema if exists ${schema} cascade`);
          const name = `${way}, ${processes} process${processes > 1 ? "es" : ""}`;
          results.set(name, [...(results.get(name) ?? []), sample]);
        }
      }
    }
    console.log("jobs drained a second, connecting included; client µs of CPU a job (median, least–most)");
    for (const [name, samples] of results) {
      const rates = samples.map((sample) => sample.perSecond);
      const spread = `${Math.round(Math.min(...rates))}–${Math.round(Math.max(...rates))}`;
      const cpu = Math.round(median(samples.map((sample) => sample.cpuMicros)));
      console.log(
        `${name.padEnd(30)} ${String(Math.round(median(rates))).padStart(8)}  (${spread})  ${cpu} µs`,
      );
    }
    console.log("\nidle worker, ms from enqueuing to the start (median · 95th of a hundred)");
    for (const way of ["ours", "pg-boss work()"]) {
      const schema = `bench_idle_${way === "ours" ? "ours" : "boss"}`;
      const { median: middle, most } = await measureLatency(
        way,
        server.url,
        schema,
        quick ? 5 : way === "ours" ? LATENCIES : 20,
      );
      await pool.query(`drop schema if exists ${schema} cascade`);
      console.log(`${way.padEnd(30)} ${middle.toFixed(1)} · ${most.toFixed(1)}`);
    }
  } finally {
    await pool.end();
    await server.stop();
  }
}
