/** A process of `fan-out.mjs`: it works on runs, and holds readers. */
import { setTimeout as sleep } from "node:timers/promises";
import { createChoices } from "../workspace/random.mjs";
import { openApp } from "./_open-app.mjs";
import { readToEnd } from "./_reader.mjs";
import { faultsOfCount } from "./_talk.mjs";
import { inProcess } from "./_transports.mjs";

/**
 * @typedef {{ url: string, tenant: string, seed: number, streamIds: readonly string[], idleIds: readonly string[], readers: number,
 *   events: number, leaveShare: number }} LoadTask
 * @typedef {{ kind: "ready", bytesPerReader: number } | { kind: "done", faults: string[], delivered: number, returns: number,
 *   cpuMs: number, peakHeapBytes: number, wallMs: number, errors: number }} LoadTold
 */

/** Longer than a process that has a hundred runs, and hundreds of readers, is ever out of breath. */
const LEASE_MS = 10_000;

/** So many are weighed: what else the heap does meanwhile is small beside them. */
const WEIGHED = 2_000;

/**
 * Bytes on the heap for each reader that waits at the end of its stream.
 *
 * @param {import("./_transports.mjs").Transport} transport
 * @param {LoadTask} task
 */
async function weigh(transport, { idleIds }) {
  const left = new AbortController();
  // The tails themselves are not the readers'.
  const tails = idleIds.map((id) => transport(id, { after: 0, signal: left.signal })[Symbol.asyncIterator]());
  const tailReads = tails.map((reader) => reader.next().catch(() => {}));
  await sleep(500);
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const reads = Array.from({ length: WEIGHED }, (_, index) => {
    const id = idleIds[index % idleIds.length] ?? "";
    return transport(id, { after: 0, signal: left.signal })
      [Symbol.asyncIterator]()
      .next()
      .catch(() => {});
  });
  await sleep(500);
  global.gc?.();
  const bytes = process.memoryUsage().heapUsed - before;
  left.abort(new Error("weighed"));
  await Promise.all([...tailReads, ...reads]);
  return bytes / WEIGHED;
}

/** @param {LoadTask} task @param {(told: LoadTold) => void} tell @param {Promise<unknown>} go */
async function work(task, tell, go) {
  let errors = 0;
  const { sales, storage } = openApp({
    url: task.url,
    work: "here",
    leaseMs: LEASE_MS,
    onError: () => (errors += 1),
  });
  const transport = inProcess(sales.streams, task.tenant);
  tell({ kind: "ready", bytesPerReader: await weigh(transport, task) });
  await go;
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  let peakHeapBytes = 0;
  const gauge = setInterval(() => {
    peakHeapBytes = Math.max(peakHeapBytes, process.memoryUsage().heapUsed);
  }, 100);
  let delivered = 0;
  const reads = Array.from({ length: task.readers }, async (_, index) => {
    const id = task.streamIds[index % task.streamIds.length] ?? "";
    const choices = createChoices(task.seed * 10_007 + index);
    const onEvent = () => {
      delivered += 1;
    };
    const { events, returns } = await readToEnd(transport, id, {
      choices,
      leaveShare: task.leaveShare,
      onEvent,
    });
    return { faults: faultsOfCount(events, task.events).map((fault) => `${id}: ${fault}`), returns };
  });
  await sales.work();
  const ended = await Promise.all(reads);
  clearInterval(gauge);
  const { user, system } = process.cpuUsage(cpu);
  tell({
    kind: "done",
    faults: ended.flatMap(({ faults }) => faults),
    returns: ended.reduce((sum, { returns }) => sum + returns, 0),
    ...{ delivered, peakHeapBytes, errors, cpuMs: (user + system) / 1_000 },
    wallMs: performance.now() - startedMs,
  });
  await sales[Symbol.asyncDispose]();
  await storage[Symbol.asyncDispose]();
}

/** Begins to listen for its task, and then for the word to begin. */
export function beginLoadWork() {
  /** @param {LoadTold} told */
  const tell = (told) => void (process.connected && process.send?.(told, undefined, {}, () => {}));
  process.once("message", (/** @type {LoadTask} */ task) => {
    const go = new Promise((resolve) => process.once("message", resolve));
    void work(task, tell, go);
  });
  process.once("disconnect", () => process.exit());
}
