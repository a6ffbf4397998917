/**
 * Jobs in Postgres, each with one effect by the ledger, on workers of which one is killed by SIGKILL every moment and some are
 * frozen for longer than their leases, while the database crashes once and is restarted once. At the end every job was done, none
 * is left, and however often a handler ran, its effect was done once. Three of ten of `KILLS` (150); `SEED` repeats the choices.
 */
import { fileURLToPath } from "node:url";
import { SalesAgentError } from "@salesagent/ports";
import { pgBossJobs } from "@salesagent/storage-pg/jobs";
import { printChecks } from "./_checks.mjs";
import { insist, onPostgres, openPool } from "./_database.mjs";
import { runDisturbed } from "./_disturb.mjs";
import { LEASE_MS, QUEUE } from "./_job-worker.mjs";
import { startRecorder } from "./_recorder-process.mjs";
import { Takeovers } from "./_takeovers.mjs";
import { violated } from "./_verdict.mjs";
import { bundleWorker, WorkerPool } from "./_worker-pool.mjs";

const KILLS = Math.round(Number(process.env["KILLS"] ?? 150) * 0.3);
const WORKERS = 3;
const JOBS_AT_ONCE = 150;
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const tenant = `jobs-${seed}-${Date.now()}`;

const PROGRAM = 'import { beginJobWork } from "./_job-worker.mjs"; beginJobWork();';

/** Puts jobs into the queue, and sees how many are there. */
class JobHost {
  #jobs;
  /** @type {string[]} */
  #toEnqueue = [];
  #begun = 0;

  /** @param {import("@salesagent/ports").JobEngine} jobs */
  constructor(jobs) {
    this.#jobs = jobs;
  }

  begin() {
    const name = `job-${++this.#begun}`;
    this.#toEnqueue.push(name);
    return name;
  }

  async look() {
    try {
      // What was enqueued by a write whose answer was lost is not taken in again, or does its effect once all the same.
      await this.#jobs.enqueueMany(
        this.#toEnqueue.map((name) => ({ queue: QUEUE, tenant, payload: name, key: name })),
      );
      this.#toEnqueue = [];
      const [row] = await this.#jobs.counts();
      return row ? row.waiting + row.running : 0;
    } catch (error) {
      if (!SalesAgentError.is(error, "job.unavailable")) throw error;
      return JOBS_AT_ONCE; // asked again at the next look
    }
  }
}

/**
 * @param {string} url
 * @param {import("./_disturb.mjs").Server} server
 */
async function run(url, server) {
  const recorder = await startRecorder();
  const jobs = pgBossJobs({ connectionString: url, leaseMs: LEASE_MS });
  const takeovers = new Takeovers();
  /** @type {Map<string, number>} */
  const starts = new Map();
  let errors = 0;
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const program = await bundleWorker("crash-job-worker", { stdin: { contents: PROGRAM, resolveDir } });
  const pool = new WorkerPool(program, { url, recorder: recorder.url }, (_, it) => {
    if (it.kind === "taken") starts.set(it.runId, (starts.get(it.runId) ?? 0) + 1);
    if (it.kind === "taken") takeovers.progressed(it.runId);
    if (it.kind === "error") errors += 1;
  });
  try {
    pool.start(WORKERS);
    await pool.untilReady();
    const disturbed = await runDisturbed({
      ...{ host: new JobHost(jobs), pool, takeovers, server, kills: KILLS, seed },
      ...{ freezeMs: LEASE_MS * 2, atOnce: JOBS_AT_ONCE, onKills: () => {} },
    });
    const { items: dead } = await jobs.deadLetters.list({ tenant });
    const log = await recorder.log();
    const unsettled = await unsettledEffects(url);
    return { disturbed, dead, log, unsettled, starts, errors, takeovers, frozen: pool.everFrozen };
  } finally {
    await pool.close();
    await jobs[Symbol.asyncDispose]();
    recorder.stop();
  }
}

/** @param {string} url */
async function unsettledEffects(url) {
  const pool = openPool(url, { options: `-c salesagent.tenant=${tenant}` });
  const rows = await insist(
    pool,
    "select key from salesagent.effects where tenant = $1 and status <> 'done'",
    [tenant],
  );
  await pool.end();
  return rows.map(({ key }) => String(key));
}

/** @param {Awaited<ReturnType<typeof run>>} outcome */
function toChecks({ disturbed, dead, log, unsettled, starts, errors, takeovers, frozen }) {
  const done = new Set(log.done.map(({ effect }) => effect.slice(0, effect.indexOf(":"))));
  const lost = disturbed.runIds.filter((name) => !done.has(name));
  const doubled = log.repeated.filter(({ worker }) => !frozen.has(worker)).map(({ effect }) => effect);
  const again = [...starts.values()].filter((times) => times > 1).length;
  const [median, longest] = [0.5, 1].map((share) => Math.round(takeovers.quantileMs(share)));
  const checks = [
    { name: "workers killed (kill -9)", figures: [KILLS] },
    { name: "workers frozen for two leases, then woken", figures: [disturbed.freezes] },
    {
      name: "database crashed and restarted, ms away",
      figures: [disturbed.awayMs.map(Math.round).join(" and ") || "not done"],
    },
    { name: "jobs enqueued", figures: [disturbed.runIds.length] },
    { name: "seconds", figures: [Math.round(disturbed.ms / 1_000)] },
    {
      name: "jobs whose handler ran more than once",
      figures: [again],
      target: "≥ 1",
      held: again > 0,
    },
    none("duplicate effects: asked of the outside again", doubled),
    {
      name: "– by a worker that was frozen; the outside refuses",
      figures: [log.repeated.length - doubled.length],
    },
    none("lost: jobs whose effect was not done", lost),
    {
      name: "jobs left in the queue",
      figures: [disturbed.leftOpen],
      target: "0",
      held: disturbed.leftOpen === 0,
    },
    none(
      "jobs given up",
      dead.map(({ id }) => id),
    ),
    none("effects that are not settled", unsettled),
    {
      name: "ms from the kill to the next start: median (longest; of how many)",
      figures: [`${median} (${longest}; ${takeovers.count})`],
    },
    { name: "failures of the database that workers told of", figures: [errors] },
  ];
  const violations = [
    ...violated("jobs were lost", lost),
    ...violated("effects were asked for twice", doubled),
  ];
  return { checks, violations };
}

/**
 * @param {string} name
 * @param {readonly string[]} names
 */
const none = (name, names) => ({ name, figures: [names.length], target: "0", held: names.length === 0 });

process.stderr.write(`seed ${seed}\n`);
process.exitCode = await onPostgres(async (url, server) => {
  const facts = { seed, ...(await server.versions()) };
  const { checks, violations } = toChecks(await run(url, server));
  const asJson = process.argv.includes("--json");
  return printChecks({ title: "Jobs under kill -9", facts, columns: ["ours"], checks, violations, asJson });
});
