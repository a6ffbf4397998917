/** What `graph.mjs` does to every engine under test: runs are begun, workers are killed and frozen, the database goes away twice. */
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../workspace/random.mjs";
import { VARIANTS } from "./_tasks.mjs";

const RUNS_AT_ONCE = 12;
const LONGEST_PAUSE_MS = 700;
const KILLS_TO_A_FREEZE = 25;
const LOOK_MS = 100;
const LONGEST_END_MS = 120_000;
/** How long the runs of the last worker that is killed are watched before anybody may help. */
const WATCH_MS = 5_000;

/**
 * @typedef {object} Host Begins runs and looks after them.
 * @property {(variant: number) => string} begin Gives the run's id.
 * @property {(runIds: readonly string[]) => Promise<number>} look Does what persons do; gives how many are under way.
 * @property {() => void} [rest] It helps nobody from now on.
 * @property {() => void} [goOn]
 *
 * @typedef {object} Server
 * @property {() => Promise<number | undefined>} crash Gives how long it was away, in milliseconds.
 * @property {() => Promise<number | undefined>} restart
 *
 * @typedef {object} World
 * @property {Host} host
 * @property {import("./_worker-pool.mjs").WorkerPool} pool
 * @property {import("./_takeovers.mjs").Takeovers} takeovers
 * @property {Server} server
 * @property {number} kills
 * @property {number} seed
 * @property {number} freezeMs
 * @property {number} [atOnce] Runs under way; 12 where it is not said.
 * @property {(kills: number) => void} onKills
 */

/**
 * One run of each kind, which nobody disturbs.
 *
 * @param {Pick<World, "host">} world
 */
export async function runCalmly({ host }) {
  /** @type {string[]} */
  const runIds = [];
  const startedMs = performance.now();
  await keepRunning(host, runIds, () => (runIds.length < VARIANTS ? VARIANTS : 0));
  return { runIds, ms: performance.now() - startedMs };
}

/** @param {World} world */
export async function runDisturbed(world) {
  /** @type {string[]} */
  const runIds = [];
  const startedMs = performance.now();
  let wanted = world.atOnce ?? RUNS_AT_ONCE;
  const runs = keepRunning(world.host, runIds, () => wanted);
  const disturbed = await disturb(world);
  wanted = 0;
  const leftOpen = await runs;
  return { ...disturbed, leftOpen, runIds, ms: performance.now() - startedMs };
}

/**
 * Looks at the runs now and then, and keeps so many under way.
 *
 * @param {Host} host
 * @param {string[]} runIds
 * @param {() => number} wanted Of runs that are to be under way; at 0 it ends as all have.
 * @returns {Promise<number>} How many are under way still.
 */
async function keepRunning(host, runIds, wanted) {
  let endsAtMs = Number.POSITIVE_INFINITY;
  for (;;) {
    const open = await host.look(runIds);
    if (wanted() === 0) {
      endsAtMs = Math.min(endsAtMs, Date.now() + LONGEST_END_MS);
      if (open === 0 || Date.now() > endsAtMs) return open;
    }
    for (let more = wanted() - open; more > 0; more--) runIds.push(host.begin(runIds.length % VARIANTS));
    await sleep(LOOK_MS);
  }
}

/** @param {World} world */
async function disturb(world) {
  const { host, pool, takeovers, server, kills: wanted, seed, freezeMs, onKills } = world;
  const random = createRandom(seed);
  const outages = [server.crash, server.restart];
  /** @type {number[]} */
  const awayMs = [];
  /** @type {Promise<void>[]} */
  const freezes = [];
  for (let kills = 0; kills < wanted; ) {
    await sleep(random() * LONGEST_PAUSE_MS);
    const { busy } = pool;
    const worker = busy[Math.floor(random() * busy.length)];
    if (!worker) continue;
    if (freezes.length <= kills / KILLS_TO_A_FREEZE) {
      freezes.push(pool.freeze(worker, freezeMs));
      continue;
    }
    if (outages.length > 0 && kills >= (wanted * (3 - outages.length)) / 3) {
      awayMs.push((await outages.shift()?.()) ?? Number.NaN);
      takeovers.forget();
      continue;
    }
    if (kills === wanted - 1) {
      await Promise.all(freezes);
      takeovers.forget();
      host.rest?.();
    }
    takeovers.killed(pool.runsOf(worker));
    await pool.kill(worker);
    kills += 1;
    onKills(kills);
  }
  const ofLastKill = takeovers.standing;
  await sleep(WATCH_MS);
  const standing = takeovers.standing;
  host.goOn?.();
  return { freezes: freezes.length, awayMs: awayMs.filter((ms) => !Number.isNaN(ms)), ofLastKill, standing };
}
