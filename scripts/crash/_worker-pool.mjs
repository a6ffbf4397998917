/** The worker processes of `graph.mjs`, and what is done to them: killed at any instant, frozen for longer than their leases. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rootFolder } from "../workspace/root.mjs";

/**
 * @typedef {import("./_worker.mjs").Told} Told
 * @typedef {{ name: string, child: import("node:child_process").ChildProcess, ready: boolean, frozen: boolean }} WorkerProcess
 * @typedef {{ url: string, tenant: string, recorder: string }} Places
 */

/**
 * One file with all that a worker loads: it starts in a moment, however often.
 *
 * @returns {Promise<string>}
 */
export async function bundleWorker() {
  const folder = join(rootFolder, "node_modules/.cache/salesagent");
  const outfile = join(folder, `crash-worker-${process.pid}.mjs`);
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [fileURLToPath(new URL("_worker.mjs", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["pg", "pg-native", "pg-boss"],
    logLevel: "error",
  });
  return outfile;
}

/** Keeps a number of workers alive, and tells what they do. */
export class WorkerPool {
  /** @type {WorkerProcess[]} */
  #workers = [];
  /** Who took each run last. @type {Map<string, WorkerProcess>} */
  #holders = new Map();
  #started = 0;
  #isOpen = true;
  #program;
  #places;
  #onTold;
  /** Workers by name that were frozen once: what they began before may arrive after their successor's. */
  everFrozen = new Set();

  /**
   * @param {string} program
   * @param {Places} places
   * @param {(worker: WorkerProcess, told: Told) => void} onTold
   */
  constructor(program, places, onTold) {
    this.#program = program;
    this.#places = places;
    this.#onTold = onTold;
  }

  /** @param {number} count */
  start(count) {
    for (let index = 0; index < count; index++) this.#startOne();
  }

  /** Workers that have runs in hand, and are not frozen. */
  get busy() {
    const holders = new Set(this.#holders.values());
    return this.#workers.filter((worker) => worker.ready && !worker.frozen && holders.has(worker));
  }

  /**
   * @param {WorkerProcess} worker
   * @returns {string[]}
   */
  runsOf(worker) {
    return [...this.#holders].flatMap(([runId, holder]) => (holder === worker ? [runId] : []));
  }

  /** @returns {Promise<void>} */
  async untilReady() {
    while (this.#workers.some(({ ready }) => !ready)) await sleep(10);
  }

  /**
   * Kills a worker; another is started in its place.
   *
   * @param {WorkerProcess} worker
   */
  async kill(worker) {
    const gone = once(worker.child, "exit");
    worker.ready = false;
    worker.child.kill("SIGKILL");
    await gone;
  }

  /**
   * @param {WorkerProcess} worker
   * @param {number} durationMs
   */
  async freeze(worker, durationMs) {
    this.everFrozen.add(worker.name);
    worker.frozen = true;
    worker.child.kill("SIGSTOP");
    await sleep(durationMs);
    worker.child.kill("SIGCONT");
    worker.frozen = false;
  }

  async close() {
    this.#isOpen = false;
    const ends = this.#workers.map(({ child }) => once(child, "exit"));
    for (const { child } of this.#workers) child.kill("SIGKILL");
    await Promise.all(ends);
    await rm(this.#program, { force: true });
  }

  #startOne() {
    const name = `worker-${++this.#started}`;
    const child = fork(this.#program, { serialization: "json" });
    /** @type {WorkerProcess} */
    const worker = { name, child, ready: false, frozen: false };
    child.on("message", (/** @type {Told} */ told) => {
      if (told.kind === "ready") worker.ready = true;
      if (told.kind === "taken") this.#holders.set(told.runId, worker);
      if (told.kind === "rested" && this.#holders.get(told.runId) === worker)
        this.#holders.delete(told.runId);
      this.#onTold(worker, told);
    });
    child.on("error", () => {}); // a message to a worker that was killed
    child.once("exit", () => {
      this.#workers = this.#workers.filter((other) => other !== worker);
      if (this.#isOpen) this.#startOne();
    });
    child.send({ ...this.#places, worker: name });
    this.#workers.push(worker);
  }
}
