/**
 * Runs of fifty tasks with an effect each, in Postgres, on workers of which one is killed by SIGKILL every moment, some are frozen
 * for longer than their leases, and whose database crashes once. A process of its own keeps what was done to the outside. At the
 * end every run has completed as an undisturbed one does, each effect was done exactly once, and nothing is left in anybody's
 * hands. `KILLS=2000` is the whole of it, `SEED` repeats the choices; run by itself it takes `--json`.
 *
 * No effect is asked for twice, but for one case that no ledger can rule out: a process that is frozen between its last look at
 * its lease and the first byte to the outside asks when it wakes. `repeated` counts those; the outside's own protection refuses
 * them. By a worker that was never frozen it is a violation.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { durableFlows } from "@salesagent/core/graph";
import { SalesAgentError } from "@salesagent/ports";
import { postgres } from "@salesagent/storage-pg";
import { findPostgres } from "../workspace/postgres.mjs";
import { createRandom } from "../workspace/random.mjs";
import { answerFor, createFlow, LEASE_MS } from "./_booking-flow.mjs";
import { Observer } from "./_observer.mjs";
import { Takeovers } from "./_takeovers.mjs";
import { bundleWorker, WorkerPool } from "./_worker-pool.mjs";

const KILLS = Number(process.env["KILLS"] ?? 300);
const WORKERS = 4;
const RUNS_AT_ONCE = 12;
const VARIANTS = 4;
const LONGEST_PAUSE_MS = 700;
const KILLS_TO_A_FREEZE = 25;
const FREEZE_MS = LEASE_MS * 2;
const LOOK_MS = 100;
const LONGEST_END_MS = 120_000;
const TAKEOVER_TARGET_MS = 2_000;
/** Of fewer the median says little. */
const LEAST_TAKEOVERS = 20;
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const asJson = process.argv.includes("--json");

/** @typedef {import("./_recorder.mjs").Entry} Entry */
/** @typedef {{ done: Entry[], repeated: Entry[], counts: { lookedUpDone: number, lookedUpNotDone: number } }} Log */

async function startRecorder() {
  const child = fork(fileURLToPath(new URL("_recorder.mjs", import.meta.url)));
  const [address] = await once(child, "message");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    /** @returns {Promise<Log>} */
    log: async () => /** @type {any} */ (await (await fetch(`${url}/log`)).json()),
    stop: () => void child.kill(),
  };
}

/**
 * Begins runs and answers their questions; it works on none.
 *
 * @param {string} url
 * @param {string} tenant
 */
function createHost(url, tenant) {
  const storage = postgres({ connectionString: url });
  const flows = durableFlows({ storage, tenant, work: "elsewhere", pollMs: 2_000 });
  const never = () => Promise.reject(new Error("The host does nothing to the outside."));
  const graph = createFlow({ checkpointer: flows, random: Math.random, doOnce: never });
  const leaving = new AbortController();
  let begun = 0;
  /** @type {unknown[]} */
  const errors = [];
  /**
   * @param {string} runId
   * @param {number} variant
   * @returns {Promise<void>}
   */
  const begin = async (runId, variant) => {
    try {
      await graph.invoke({ variant }, { runId, signal: leaving.signal });
    } catch (error) {
      if (leaving.signal.aborted || SalesAgentError.is(error, "flow.wrong_state")) return; // begun before, by a write whose answer was lost
      if (!SalesAgentError.is(error, "store.unavailable")) return void errors.push(error);
      await sleep(LOOK_MS);
      return begin(runId, variant);
    }
  };
  const answered = new Set();
  return {
    errors,
    /** @param {number} variant */
    begin(variant) {
      const runId = `run-${String(++begun).padStart(5, "0")}-${variant}`;
      void begin(runId, variant);
      return runId;
    },
    /** @param {import("./_observer.mjs").OpenRun} run */
    async answer({ id, awaiting }) {
      const [name] = awaiting;
      if (name === undefined || answered.has(id)) return;
      await graph.deliver(id, name, answerFor(Number(id.split("-")[2])));
      answered.add(id);
    },
    async close() {
      leaving.abort();
      await storage[Symbol.asyncDispose]();
    },
  };
}

/**
 * Looks at the runs now and then, answers what they ask, and keeps so many under way.
 *
 * @param {{ host: ReturnType<typeof createHost>, observer: Observer, runIds: string[] }} world
 * @param {() => number} wanted Of runs that are to be under way; at 0 it ends as all have.
 */
async function keepRunning({ host, observer, runIds }, wanted) {
  let endsAtMs = Number.POSITIVE_INFINITY;
  for (;;) {
    const open = await observer.open(runIds);
    for (const run of open) await host.answer(run).catch(() => {}); // asked for again at the next look
    if (wanted() === 0) {
      endsAtMs = Math.min(endsAtMs, Date.now() + LONGEST_END_MS);
      if (open.length === 0 || Date.now() > endsAtMs) return;
    }
    for (let more = wanted() - open.length; more > 0; more--) {
      runIds.push(host.begin(runIds.length % VARIANTS));
    }
    await sleep(LOOK_MS);
  }
}

/**
 * @param {{ pool: WorkerPool, observer: Observer, takeovers: Takeovers, random: () => number }} world
 */
async function disturb({ pool, observer, takeovers, random }) {
  /** @type {Promise<void>[]} */
  const freezes = [];
  let isCrashed = false;
  let databaseAwayMs;
  for (let kills = 0; kills < KILLS; ) {
    await sleep(random() * LONGEST_PAUSE_MS);
    const { busy } = pool;
    const worker = busy[Math.floor(random() * busy.length)];
    if (!worker) continue;
    if (freezes.length <= kills / KILLS_TO_A_FREEZE) {
      freezes.push(pool.freeze(worker, FREEZE_MS));
      continue;
    }
    if (!isCrashed && kills >= KILLS / 2) {
      isCrashed = true;
      databaseAwayMs = await observer.crashDatabase();
      takeovers.forget();
      continue;
    }
    takeovers.killed(pool.runsOf(worker));
    await pool.kill(worker);
    kills += 1;
    if (!asJson && kills % 50 === 0) process.stdout.write(`${kills} kills\n`);
  }
  await Promise.all(freezes);
  return { freezes: freezes.length, databaseAwayMs };
}

/**
 * One run of each kind, which nobody disturbs.
 *
 * @param {{ host: ReturnType<typeof createHost>, observer: Observer }} world
 */
async function runCalmly(world) {
  /** @type {string[]} */
  const runIds = [];
  const startedMs = performance.now();
  await keepRunning({ ...world, runIds }, () => (runIds.length < VARIANTS ? VARIANTS : 0));
  return { runIds, ms: performance.now() - startedMs };
}

/**
 * @param {{ host: ReturnType<typeof createHost>, observer: Observer, pool: WorkerPool, takeovers: Takeovers }} world
 */
async function runDisturbed(world) {
  /** @type {string[]} */
  const runIds = [];
  const startedMs = performance.now();
  let wanted = RUNS_AT_ONCE;
  const runs = keepRunning({ ...world, runIds }, () => wanted);
  const disturbed = await disturb({ ...world, random: createRandom(seed) });
  wanted = 0;
  await runs;
  return { ...disturbed, runIds, ms: performance.now() - startedMs };
}

/** @param {string} url */
async function run(url) {
  const tenant = `crash-${seed}-${Date.now()}`;
  const recorder = await startRecorder();
  const observer = new Observer(url, tenant);
  const host = createHost(url, tenant);
  const takeovers = new Takeovers();
  const told = { fenced: 0, errors: 0 };
  const pool = new WorkerPool(await bundleWorker(), { url, tenant, recorder: recorder.url }, (worker, it) => {
    if (it.kind === "progress" && worker.ready) takeovers.progressed(it.runId);
    if (it.kind === "fenced" && pool.everFrozen.has(worker.name)) told.fenced += 1;
    if (it.kind === "error") told.errors += 1;
  });
  try {
    pool.start(WORKERS);
    await pool.untilReady();
    const calm = await runCalmly({ host, observer });
    const disturbed = await runDisturbed({ host, observer, pool, takeovers });
    const log = await recorder.log();
    const ended = { calm: calm.runIds, runIds: disturbed.runIds, log, everFrozen: pool.everFrozen };
    const violations = [...(await observer.violations(ended)), ...host.errors.map(String)];
    const isLate = takeovers.count >= LEAST_TAKEOVERS && takeovers.quantileMs(0.5) >= TAKEOVER_TARGET_MS;
    if (isLate) violations.push("runs are taken over too late");
    if (told.fenced === 0) violations.push("no worker that was frozen was refused");
    return { calm, disturbed, log, told, takeovers, violations };
  } finally {
    await pool.close();
    await host.close();
    await observer.close();
    recorder.stop();
  }
}

/** @param {Awaited<ReturnType<typeof run>>} outcome */
function toRow({ calm, disturbed, log, told, takeovers }) {
  const { freezes, databaseAwayMs, runIds } = disturbed;
  return {
    kills: KILLS,
    freezes,
    runs: runIds.length,
    effects: log.done.length,
    repeated: log.repeated.length,
    lookedUpDone: log.counts.lookedUpDone,
    lookedUpNotDone: log.counts.lookedUpNotDone,
    fencedWrites: told.fenced,
    storeErrors: told.errors,
    databaseAwayMs: databaseAwayMs === undefined ? "not ours to crash" : Math.round(databaseAwayMs),
    takeovers: takeovers.count,
    takeoverMedianMs: Math.round(takeovers.quantileMs(0.5)),
    takeover95thMs: Math.round(takeovers.quantileMs(0.95)),
    takeoverLongestMs: Math.round(takeovers.quantileMs(1)),
    calmSeconds: Math.round(calm.ms / 1_000),
    seconds: Math.round(disturbed.ms / 1_000),
  };
}

if (!asJson) process.stdout.write(`seed ${seed}, ${KILLS} kills\n`);
const server = await findPostgres();
try {
  const storage = postgres({ connectionString: server.url });
  await storage.migrate();
  await storage[Symbol.asyncDispose]();
  const outcome = await run(server.url);
  const row = toRow(outcome);
  if (asJson) process.stdout.write(`${JSON.stringify({ seed, ...row, violations: outcome.violations })}\n`);
  else for (const [name, value] of Object.entries(row)) process.stdout.write(`${name.padEnd(20)}${value}\n`);
  for (const violation of new Set(outcome.violations)) process.stderr.write(`Violated: ${violation}.\n`);
  process.exitCode = outcome.violations.length > 0 ? 1 : 0;
} finally {
  await server.stop();
}
