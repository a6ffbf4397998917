// One sample of the time from the call of enqueue to the start of the handler, with nothing else to do:
// node latency.mjs <way> <url> <schema> <count>. It prints the median and the 95th of a hundred, in milliseconds, as JSON.
import pg from "pg";
import PgBoss from "pg-boss";
import { pgBossJobs } from "../../packages/storage-pg/dist/jobs/index.js";
import { PAYLOAD } from "./payload.mjs";

const [way, url, schema, count] = process.argv.slice(2);
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
for (let index = 0; index < Number(count) + 5; index++) {
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
const client = new pg.Client({ connectionString: url });
await client.connect();
await client.query(`drop schema if exists ${schema} cascade`);
await client.end();
const sample = { median: times[times.length >> 1], most: times[Math.ceil(times.length * 0.95) - 1] };
process.stdout.write(`${JSON.stringify(sample)}\n`, () => process.exit());
