// Job queues: jobs drained a second by one and two worker processes, and the time from enqueuing to the start of an idle
// worker; @salesagent/storage-pg/jobs beside bare batches of one table, pg-boss's own worker and batches by hand, and DBOS where it
// is installed (see scripts/workspace/peers.mjs). Each sample has processes of its own.
// Run: npm run bench -- queue. DATABASE_URL names a server; without it one is started, with fsync on.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import PgBoss from "pg-boss";
import { pgBossJobs } from "../packages/storage-pg/dist/jobs/index.js";
import { withDatabase } from "./_database.mjs";
import { figure, interleave, median } from "./_interleaved.mjs";
import { findPeers, sampleInProcess } from "./_peers.mjs";
import { PAYLOAD } from "./queue/payload.mjs";

const WORKER = fileURLToPath(new URL("./queue/worker.mjs", import.meta.url));
const LATENCY = fileURLToPath(new URL("./queue/latency.mjs", import.meta.url));
const FILL_DBOS = fileURLToPath(new URL("./queue/fill-dbos.mjs", import.meta.url));
const WAYS = {
  ours: 20_000,
  "pg-boss work()": 2000,
  "pg-boss batches": 20_000,
  "batch floor": 20_000,
  DBOS: 1000,
};
/** How long is waited for the end of a sample. */
const LONGEST_DRAIN_MS = 120_000;
const QUICK_JOBS = 200;

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
  async dbos(url, folder, jobs) {
    await sampleInProcess(FILL_DBOS, [url, folder, jobs]);
    return "select count(*)::int as count from dbos.workflow_status where status <> 'SUCCESS'";
  },
};

function fillFor(way, { url, pool, schema, jobs, folder }) {
  if (way === "DBOS") return fill.dbos(url, folder, jobs);
  if (way === "ours") return fill.ours(url, schema, jobs);
  return way === "batch floor" ? fill.floor(pool, jobs) : fill.boss(url, schema, jobs);
}

async function startWorker(way, { url, schema, folder = "" }) {
  const child = spawn(process.execPath, [WORKER, way, url, schema, "bench", folder], {
    stdio: ["pipe", "pipe", way === "DBOS" ? "ignore" : "inherit"], // it warns of its use of pg
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
  const { pool, jobs } = context;
  const left = await fillFor(way, context);
  await pool.query("analyze");
  const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(way, context)));
  const begun = Date.now();
  for (const worker of workers) worker.begin();
  for (;;) {
    const { rows } = await pool.query(left);
    if (rows[0].count === 0) break;
    if (Date.now() - begun > LONGEST_DRAIN_MS)
      throw new Error(`${way} left ${rows[0].count} of ${jobs} jobs`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const ends = await Promise.all(workers.map((worker) => worker.end()));
  const last = Math.max(...ends.map((end) => end.last));
  const done = ends.reduce((sum, end) => sum + end.done, 0);
  if (done !== jobs) throw new Error(`${way} did ${done} of ${jobs} jobs`);
  const cpuMicros = ends.reduce((sum, end) => sum + end.cpuMicros, 0);
  return { perSecond: (jobs / (last - begun)) * 1000, cpuMicros: cpuMicros / jobs };
}

/** Jobs a second by so many worker processes: one sample of each way a round. */
async function measureDrains({ url, pool }, folder, processes, { rounds, quick }) {
  let turn = 0;
  const ways = Object.entries(WAYS).filter(([way]) => way !== "DBOS" || folder !== undefined);
  const contenders = Object.fromEntries(
    ways.map(([way, full]) => [
      way,
      async () => {
        turn += 1;
        const schema = `bench_queue_${processes}_${turn}`;
        const jobs = quick ? QUICK_JOBS : full;
        const sample = await drain(way, { url, pool, schema, jobs, folder }, processes);
        await pool.query(`drop schema if exists ${schema} cascade; drop schema if exists dbos cascade`);
        return sample;
      },
    ]),
  );
  return interleave(contenders, { rounds });
}

/** @param {{ rounds?: number, quick?: boolean }} [options] */
export function run({ rounds = 5, quick = false } = {}) {
  return withDatabase(async ({ url, pool }) => {
    const manifest = new URL("../node_modules/pg-boss/package.json", import.meta.url);
    console.log(`pg-boss ${JSON.parse(readFileSync(manifest, "utf8")).version}`);
    const { dbos } = findPeers(["dbos"]);
    console.log("jobs drained a second, connecting included; client µs of CPU a job (median, least–most)");
    for (const processes of [1, 2]) {
      const samples = await measureDrains({ url, pool }, dbos, processes, { rounds, quick });
      for (const [way, list] of Object.entries(samples)) {
        const rates = list.map((sample) => sample.perSecond);
        const spread = `${Math.round(Math.min(...rates))}–${Math.round(Math.max(...rates))}`;
        const cpu = figure(median(list.map((sample) => sample.cpuMicros)));
        const name = `${way}, ${processes} process${processes > 1 ? "es" : ""}`;
        console.log(
          `${name.padEnd(30)} ${String(Math.round(median(rates))).padStart(8)}  (${spread})  ${cpu} µs`,
        );
      }
    }
    console.log(
      "\nidle worker, ms from enqueuing to the start (median · 95th, of the middle sample; least–most median)",
    );
    const latency = (way, count) => () =>
      sampleInProcess(LATENCY, [way, url, `bench_idle_${process.pid}`, quick ? 5 : count]);
    const samples = await interleave(
      { ours: latency("ours", 100), "pg-boss work()": latency("pg-boss work()", 20) },
      { rounds },
    );
    for (const [way, list] of Object.entries(samples)) {
      const medians = list.map((sample) => sample.median);
      const most = median(list.map((sample) => sample.most));
      const spread = `${figure(Math.min(...medians))}–${figure(Math.max(...medians))}`;
      console.log(`${way.padEnd(30)} ${figure(median(medians))} · ${figure(most)}  (${spread})`);
    }
  });
}
