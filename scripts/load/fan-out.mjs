/**
 * Readers of runs in several processes over Postgres: each gets every event once, in order, though it loses its connection at random.
 * `RUNS` (200) runs that tell `EVENTS` (300) each at a pace of `PACE_MS` (20), `READERS` (1000) in `PROCESSES` (2), which work on the
 * runs too. `LEAVES` (0.004) is how often a reader leaves, for each event; `SEED` repeats the choices. `--json` for programs.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { printChecks } from "../crash/_checks.mjs";
import { onPostgres } from "../crash/_database.mjs";
import { violated } from "../crash/_verdict.mjs";
import { bundleWorker } from "../crash/_worker-pool.mjs";
import { openApp } from "./_open-app.mjs";

/** @param {string} name @param {number} otherwise */
const setting = (name, otherwise) => Number(process.env[name] ?? otherwise);

const RUNS = setting("RUNS", 200);
const EVENTS = setting("EVENTS", 300);
const PACE_MS = setting("PACE_MS", 20);
const READERS = setting("READERS", 1_000);
const PROCESSES = setting("PROCESSES", 2);
const LEAVES = setting("LEAVES", 0.004);
const seed = setting("SEED", Date.now() % 1_000_000);
const PROGRAM = 'import { beginLoadWork } from "./_load-worker.mjs"; beginLoadWork();';

/** @typedef {Extract<import("./_load-worker.mjs").LoadTold, { kind: "done" }>} Done */

/**
 * @param {string} program
 * @param {import("./_load-worker.mjs").LoadTask} task
 */
function startProcess(program, task) {
  const child = fork(program, { execArgv: ["--expose-gc"], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  child.send(task);
  /** @param {string} kind @returns {Promise<any>} */
  const told = (kind) =>
    new Promise((resolve, reject) => {
      child.on("message", (/** @type {any} */ message) => message.kind === kind && resolve(message));
      child.once("exit", (code) => reject(new Error(`a process ended with ${code}`)));
    });
  const done = told("done");
  done.catch(() => {});
  return { ready: told("ready"), done, go: () => child.send("go"), child };
}

/** @param {string} url */
async function load(url) {
  const tenant = `load-${seed}-${Date.now()}`;
  const { sales, storage } = openApp({ url });
  const streamIds = Array.from({ length: RUNS }, (_, index) => `run-${index}`);
  const idleIds = Array.from({ length: Math.min(RUNS, 100) }, (_, index) => `idle-${index}`);
  for (const id of idleIds) await sales.streams.open(tenant, { id, source: "load" });
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const program = await bundleWorker("load-worker", { stdin: { contents: PROGRAM, resolveDir } });
  const readers = Math.ceil(READERS / PROCESSES);
  const processes = Array.from({ length: PROCESSES }, (_, index) =>
    startProcess(program, {
      ...{ url, tenant, streamIds, idleIds, readers, seed: seed + index },
      ...{ events: EVENTS, leaveShare: LEAVES },
    }),
  );
  try {
    const ready = await Promise.all(processes.map((one) => one.ready));
    const input = { events: EVENTS, paceMs: PACE_MS };
    for (const id of streamIds) await sales.runs.start(tenant, { agent: "counting", input, by: "load", id });
    const startedMs = performance.now();
    for (const { go } of processes) go();
    /** @type {Done[]} */
    const done = await Promise.all(processes.map((one) => one.done));
    const wallMs = performance.now() - startedMs;
    let written = 0;
    for (const id of streamIds) written += (await sales.streams.get(tenant, id))?.last ?? 0;
    return { wallMs, written, done, bytesPerReader: Math.max(...ready.map((one) => one.bytesPerReader)) };
  } finally {
    const gone = processes.map(({ child }) => (child.exitCode === null ? once(child, "exit") : undefined));
    for (const { child } of processes) child.disconnect();
    await Promise.all(gone);
    await rm(program, { force: true });
    await sales[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  }
}

process.stderr.write(`seed ${seed}\n`);
process.exitCode = await onPostgres(async (url, server) => {
  const facts = { seed, ...(await server.versions()) };
  const { wallMs, written, done, bytesPerReader } = await load(url);
  /** @param {(one: Done) => number} of */
  const sum = (of) => done.reduce((total, one) => total + of(one), 0);
  const delivered = sum((one) => one.delivered);
  const faults = done.flatMap((one) => one.faults);
  const readers = Math.ceil(READERS / PROCESSES) * PROCESSES;
  /** @param {string} name @param {number | string} figure */
  const toldOnly = (name, figure) => ({ name, figures: [figure] });
  const checks = [
    toldOnly("runs", RUNS),
    toldOnly("readers, in processes", `${readers} in ${PROCESSES}`),
    toldOnly("seconds", (wallMs / 1_000).toFixed(1)),
    toldOnly("events written", written),
    toldOnly("events written a second", Math.round(written / (wallMs / 1_000))),
    toldOnly("events given out", delivered),
    toldOnly("events given out a second", Math.round(delivered / (wallMs / 1_000))),
    toldOnly(
      "times that a reader left and came back",
      sum((one) => one.returns),
    ),
    toldOnly(
      "CPU of the processes for an event given out, µs",
      ((sum((one) => one.cpuMs) * 1_000) / delivered).toFixed(1),
    ),
    toldOnly(
      "largest heap of a process, MB",
      Math.round(Math.max(...done.map((one) => one.peakHeapBytes)) / 1e6),
    ),
    {
      name: "heap for a reader that waits, KB",
      figures: [(bytesPerReader / 1_000).toFixed(2)],
      target: "≤ 4",
      held: bytesPerReader <= 4_000,
    },
    {
      name: "readers that missed an event, got one twice or out of order",
      figures: [faults.length],
      target: "0",
      held: faults.length === 0,
    },
    {
      name: "failures that the store told",
      figures: [sum((one) => one.errors)],
    },
  ];
  const asJson = process.argv.includes("--json");
  const violations = violated("readers", faults.slice(0, 20));
  return printChecks({ title: "Streams fanned out", facts, columns: [""], checks, violations, asJson });
});
