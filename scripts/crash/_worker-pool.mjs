/** The worker processes of `graph.mjs`, and what is done to them: killed at any instant, frozen for longer than their leases. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { rootFolder } from "../workspace/root.mjs";

/**
 * @typedef {import("./_worker.mjs").Told} Told
 * @typedef {{ name: string, child: import("node:child_process").ChildProcess, ready: boolean, frozen: boolean }} WorkerProcess
 */

/**
 * One file with all that a worker loads: it starts in a moment, however often.
 *
 * @param {string} name
 * @param {Pick<import("esbuild").BuildOptions, "entryPoints" | "stdin" | "nodePaths">} from
 * @returns {Promise<string>} Its file, to be removed.
 */
export async function bundleWorker(name, from) {
  const folder = join(rootFolder, "node_modules/.cache/salesagent");
  const outfile = join(folder, `${name}-${process.pid}.mjs`);
  await mkdir(folder, { recursive: true });
  await build({
    ...from,
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["pg", "pg-native", "pg-boss", "opossum"],
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
  #task;
  #onTold;
  #onGone;
  #stderr;
  /** How many workers ended though nobody killed them. */
  deaths = 0;
  /** Workers by name that were frozen once: what they began before may arrive after their successor's. */
  everFrozen = new Set();

  /**
   * @param {string} program
   * @param {object} task What each worker is told first, with its name.
   * @param {(worker: WorkerProcess, told: Told) => void} onTold
   * @param {(runIds: string[]) => void} [onGone] Told the runs that a worker had in hand as it ended.
   * @param {"inherit" | "ignore"} [stderr] What becomes of what workers print there.
   */
  constructor(program, task, onTold, onGone, stderr = "inherit") {
    this.#program = program;
    this.#task = task;
    this.#onTold = onTold;
    this.#onGone = onGone;
    this.#stderr = stderr;
  }

  /** @param {number} count */
  start(count) {
    for (let index = 0; index < count; index++) this.#startOne();
  }

  /** Workers that can be told something. */
  get ready() {
    return this.#workers.filter(({ ready }) => ready);
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
   * Hands a run to a worker, as a host has to where workers find none by themselves.
   *
   * @param {WorkerProcess} worker
   * @param {string} runId
   * @param {object} message
   */
  hand(worker, runId, message) {
    this.#holders.set(runId, worker);
    worker.child.send({ runId, ...message });
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
    const child = fork(this.#program, {
      serialization: "json",
      stdio: ["ignore", "inherit", this.#stderr, "ipc"],
    });
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
    child.once("exit", (_, signal) => {
      if (signal !== "SIGKILL") this.deaths += 1;
      this.#workers = this.#workers.filter((other) => other !== worker);
      if (!this.#isOpen) return;
      this.#onGone?.(this.runsOf(worker));
      this.#startOne();
    });
    child.send({ ...this.#task, worker: name });
    this.#workers.push(worker);
  }
}
