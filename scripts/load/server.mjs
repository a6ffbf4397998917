/**
 * Readers over HTTP of runs in several server processes over Postgres: each gets every event once, in order, though its connection is
 * torn at random and the next one is to another process; readers that stop reading are freed within one heartbeat; what readers
 * held is let go. `RUNS` (200) runs that tell `EVENTS` (100) each at a pace of `PACE_MS` (100), `READERS` (1000), `DEAD` (20) that stop
 * reading, `PROCESSES` (2). `LEAVES` (0.005) is how often a reader leaves, for each event, `TEARS_MS` (30000) how long a connection
 * lives on average, `HEARTBEAT_MS` 3000; `SEED` repeats the choices. `--json` for programs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@salesagent/client";
import { printChecks } from "../crash/_checks.mjs";
import { onPostgres } from "../crash/_database.mjs";
import { violated } from "../crash/_verdict.mjs";
import { Child } from "./_child.mjs";
import { dieReading, writeLongStream } from "./_dead-readers.mjs";
import { openApp } from "./_open-app.mjs";
import { lackOfFiles } from "./_open-files.mjs";

/** @param {string} name @param {number} otherwise */
const setting = (name, otherwise) => Number(process.env[name] ?? otherwise);

const RUNS = setting("RUNS", 200);
const EVENTS = setting("EVENTS", 100);
const PACE_MS = setting("PACE_MS", 100);
const PROCESSES = setting("PROCESSES", 2);
const READERS = Math.ceil(setting("READERS", 1_000) / PROCESSES);
const DEAD = setting("DEAD", 20);
const LEAVES = setting("LEAVES", 0.005);
const TEARS_MS = setting("TEARS_MS", 30_000);
const HEARTBEAT_MS = setting("HEARTBEAT_MS", 3_000);
const seed = setting("SEED", Date.now() % 1_000_000);

/** Longer than a process that has a hundred runs, and hundreds of readers, is ever out of breath. */
const LEASE_MS = 10_000;
/** How late a timer may be in a process that is busy. */
const LATE_MS = 1_000;
const MOST_LEFT_BYTES = 30_000_000;
const MOST_READER_BYTES = 100_000;
const LOOK_MS = 250;
const SOON_MS = 15_000;

/** @param {readonly number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** @param {readonly Child[]} children @param {string} what @param {(index: number) => object} [given] @returns {Promise<any[]>} */
const askAll = (children, what, given) =>
  Promise.all(children.map((child, index) => child.ask(what, given?.(index))));

/** The figures once they are as wanted, or as they are after a while. @param {readonly Child[]} servers @param {(figures: any) => boolean} isSo */
async function figuresOnce(servers, isSo) {
  for (const endMs = performance.now() + SOON_MS; ; await sleep(LOOK_MS)) {
    const figures = await askAll(servers, "figures");
    if (figures.every(isSo) || performance.now() > endMs) return figures;
  }
}

/** @param {string} phase */
const tell = (phase) => void process.stderr.write(`${phase}\n`);

/** @param {string} url */
async function load(url) {
  const tenant = `load-${seed}-${Date.now()}`;
  const { sales, storage } = openApp({ url });
  const children = Array.from({ length: PROCESSES }, () => ({
    server: new Child("_serve.mjs"),
    readers: new Child("_read.mjs"),
  }));
  const servers = children.map(({ server }) => server);
  const readers = children.map(({ readers: child }) => child);
  try {
    const concurrency = Math.ceil(RUNS / PROCESSES) + 20;
    /** @type {string[]} */
    const urls = await askAll(servers, "serve", () => ({
      ...{ url, leaseMs: LEASE_MS, heartbeatMs: HEARTBEAT_MS, concurrency },
    }));
    const { key } = await sales.apiKeys.issue(tenant, { name: "load", role: "member", by: "load" });
    const idleIds = Array.from({ length: 100 }, (_, index) => `idle-${index}`);
    for (const id of idleIds) await sales.streams.open(tenant, { id, source: "load" });
    const deadId = await writeLongStream(sales.streams, tenant);
    /** @param {readonly string[]} streamIds */
    const task = (streamIds) => (/** @type {number} */ index) => ({
      ...{ urls, key, streamIds, readers: READERS, seed: seed + index },
      ...{ leaveShare: LEAVES, tearAfterMs: TEARS_MS, wanted: { kind: "count", count: EVENTS } },
    });

    tell("weighing readers that wait");
    // A first time warms up.
    await askAll(readers, "hold", task(idleIds));
    await askAll(readers, "letGo");
    const empty = await figuresOnce(servers, (one) => one.readers === 0 && one.tails === 0);
    await askAll(readers, "hold", task(idleIds));
    const full = await figuresOnce(servers, (one) => one.readers > 0);
    await askAll(readers, "letGo");
    await figuresOnce(servers, (one) => one.readers === 0);

    tell("starting runs");
    const [first = ""] = urls;
    const client = createClient({ url: first, headers: { authorization: `Bearer ${key}` } });
    const input = { events: EVENTS, paceMs: PACE_MS };
    const started = await Promise.all(
      Array.from({ length: RUNS }, () => client.streams.start({ agent: "counting", input })),
    );
    tell("connecting readers");
    await askAll(readers, "read", task(started.map(({ id }) => id)));
    const dead = await Promise.all(
      Array.from({ length: DEAD }, (_, index) => dieReading(urls[index % PROCESSES] ?? "", deadId, key)),
    );
    const cpuBeforeMs = sum((await askAll(servers, "figures")).map(({ cpuMs }) => cpuMs));
    const startedMs = performance.now();
    tell("reading");
    await askAll(servers, "work");
    const done = await askAll(readers, "done");
    const wallMs = performance.now() - startedMs;
    const cpuMs = sum((await askAll(servers, "figures")).map((one) => one.cpuMs)) - cpuBeforeMs;
    let written = 0;
    for (const { id } of started) written += (await sales.streams.get(tenant, id))?.last ?? 0;
    tell("ending");
    await figuresOnce(servers, (one) => one.deadNow === 0);
    for (const child of readers) await child.end();
    const left = await figuresOnce(servers, (one) => one.readers + one.tails + one.sockets === 0);
    for (const letGo of dead) letGo();
    return { wallMs, cpuMs, written, done, empty, full, left };
  } finally {
    for (const child of [...readers, ...servers]) await child.end();
    await sales[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  }
}

/** @param {string} name @param {number | string} figure */
const toldOnly = (name, figure) => ({ name, figures: [figure] });

/** @param {readonly { errors: Record<string, number> }[]} servers */
function namedFailures(servers) {
  const all = servers.flatMap(({ errors }) => Object.entries(errors));
  return all.map(([name, count]) => `${name} ${count}`).join(", ") || 0;
}

/** @param {Awaited<ReturnType<typeof load>>} ended */
function checksOf({ wallMs, cpuMs, written, done, empty, full, left }) {
  /** @param {readonly any[]} list @param {string} name @returns {number} */
  const total = (list, name) => sum(list.map((one) => one[name]));
  const readers = READERS * PROCESSES;
  const delivered = total(done, "delivered");
  const seconds = wallMs / 1_000;
  const held = total(full, "readers");
  const heapEach = (total(full, "heapBytes") - total(empty, "heapBytes")) / held;
  /** @type {number[]} */
  const freed = left.flatMap((one) => one.freedAfterMs);
  const slowest = Math.max(0, ...freed);
  const leftOver = total(left, "readers") + total(left, "tails") + total(left, "sockets");
  const leftBytes = Math.max(...left.map((one, index) => one.heapBytes - empty[index].heapBytes));
  const failed = total(done, "failed");
  return [
    toldOnly("runs", RUNS),
    toldOnly("readers over HTTP, in front of processes", `${readers} in front of ${PROCESSES}`),
    toldOnly("seconds", seconds.toFixed(1)),
    toldOnly("events written", written),
    toldOnly("events given out", delivered),
    toldOnly("events given out a second", Math.round(delivered / seconds)),
    toldOnly(
      "CPU of the servers for an event given out, runs included, µs",
      ((cpuMs * 1_000) / delivered).toFixed(0),
    ),
    toldOnly("times that a reader left and came back", total(done, "returns")),
    toldOnly("connections that were lost, and made anew by the client", total(done, "lost")),
    {
      name: "readers that missed an event, got one twice or out of order",
      ...{ figures: [failed], target: "0", held: failed === 0 },
    },
    {
      name: "readers that stopped reading, and were freed",
      ...{ figures: [`${freed.length} of ${DEAD}`], target: `${DEAD}`, held: freed.length === DEAD },
    },
    {
      name: `ms until the slowest of them was freed; a heartbeat is ${HEARTBEAT_MS}`,
      figures: [Math.round(slowest)],
      ...{ target: `≤ ${HEARTBEAT_MS + LATE_MS}`, held: slowest <= HEARTBEAT_MS + LATE_MS },
    },
    {
      name: "heap of a server for a reader that waits, KB",
      figures: [(heapEach / 1_000).toFixed(1)],
      ...{ target: `≤ ${MOST_READER_BYTES / 1_000}`, held: heapEach <= MOST_READER_BYTES },
    },
    toldOnly(
      "largest heap of a server, MB",
      Math.round(Math.max(...left.map((one) => one.peakHeapBytes)) / 1e6),
    ),
    {
      name: "readers, tails and sockets that are left when all have gone",
      ...{ figures: [leftOver], target: "0", held: leftOver === 0 },
    },
    {
      name: "heap that a server kept, MB",
      figures: [(leftBytes / 1e6).toFixed(1)],
      ...{ target: `≤ ${MOST_LEFT_BYTES / 1e6}`, held: leftBytes <= MOST_LEFT_BYTES },
    },
    toldOnly("failures that servers told", namedFailures(left)),
  ];
}

const lack = lackOfFiles(READERS * PROCESSES);
if (lack) {
  process.stderr.write(`${lack}.\n`);
  process.exitCode = 1;
} else {
  process.stderr.write(`seed ${seed}\n`);
  process.exitCode = await onPostgres(async (url, server) => {
    const facts = { seed, ...(await server.versions()) };
    const ended = await load(url);
    const faults = ended.done.flatMap((one) => one.faults);
    const asJson = process.argv.includes("--json");
    const violations = violated("readers", faults.slice(0, 20));
    const title = "Readers over HTTP";
    return printChecks({ title, facts, columns: [""], checks: checksOf(ended), violations, asJson });
  });
}
