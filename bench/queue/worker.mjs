// One worker process of the queue benchmark: node worker.mjs <way> <url> <schema> <queue> [folder of the peer]. It says "ready", begins at a
// line on its input, and prints how many jobs it did, when the last one was done, and the processor time that took.
import { once } from "node:events";
import pg from "pg";
import PgBoss from "pg-boss";
import { pgBossJobs } from "../../packages/storage-pg/dist/jobs/index.js";
import { openDbos } from "./dbos.mjs";

const [way, url, schema, queue, folder] = process.argv.slice(2);

/** Jobs done by all processes are counted by the one that asked for them, so a worker goes on until it is ended. */
let done = 0;
let last = 0;
const note = (count) => {
  done += count;
  last = Date.now();
};

const ways = {
  async ours() {
    const engine = pgBossJobs({ connectionString: url, schema, maxConnections: 4 });
    await engine.work(queue, async () => note(1));
  },
  async "pg-boss work()"() {
    const boss = await new PgBoss({ connectionString: url, schema, max: 4 }).start();
    // the most that its worker allows: half a second between batches
    await boss.work(queue, { batchSize: 200, pollingIntervalSeconds: 0.5 }, async (list) =>
      note(list.length),
    );
  },
  async "pg-boss batches"() {
    const boss = await new PgBoss({ connectionString: url, schema, max: 4, schedule: false }).start();
    for (;;) {
      const list = await boss.fetch(queue, { batchSize: 100 });
      if (list.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      else
        await boss
          .complete(
            queue,
            list.map((job) => job.id),
          )
          .then(() => note(list.length));
    }
  },
  async DBOS() {
    await openDbos(url, folder, { executor: `worker-${process.pid}`, onDone: () => note(1) });
  },
  // what one statement can do that claims and ends a hundred jobs, on a table with one index
  async "batch floor"() {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const take = `delete from bench_floor where id = any(array(select id from bench_floor order by priority desc, id
      limit 100 for update skip locked)) returning id, data`;
    for (;;) {
      const { rows } = await client.query({ name: "take", text: take });
      if (rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      else note(rows.length);
    }
  },
};

process.stdout.write("ready\n");
await once(process.stdin, "data");
const cpu = process.cpuUsage();
void ways[way]();
process.stdin.on("data", () => {
  const used = process.cpuUsage(cpu);
  process.stdout.write(`${JSON.stringify({ done, last, cpuMicros: used.user + used.system })}\n`);
  process.exit(0);
});
