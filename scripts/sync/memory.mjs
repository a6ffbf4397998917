/**
 * A first sync of `CONTACTS` (100,000; 1,000,000 is the whole of it) from a CRM on loopback into Postgres, in a process of its own, which
 * is killed by SIGKILL in the middle of it: another goes on where it was, each contact is there once with its link, and its memory neither
 * grows nor goes beyond 256 MB. `--json` for programs.
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { printChecks } from "../crash/_checks.mjs";
import { insist, onPostgres, openPool } from "../crash/_database.mjs";
import { rootFolder } from "../workspace/root.mjs";

const CONTACTS = Number(process.env["CONTACTS"] ?? 100_000);
const MOST_MB = 256;
/** How much more of it the last quarter of a process may take than its second. */
const MOST_GROWTH_MB = 32;
const TENANT = "memory";
const FOLDER = join(rootFolder, "bench/sync");

/** @typedef {{ done: number, rssMb: number, peakMb: number, counts?: { read: number, created: number } }} Told */

async function startPages() {
  const server = spawn(process.execPath, [join(FOLDER, "page-server.mjs"), String(CONTACTS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(server.stdout, "data");
  return { url: String(line).trim(), stop: () => server.kill() };
}

/**
 * Runs a process that syncs, to its end or until it took in so many.
 *
 * @param {readonly string[]} task
 * @param {number} [killAt]
 */
async function syncOnce(task, killAt = Number.POSITIVE_INFINITY) {
  const startedMs = performance.now();
  const child = fork(join(FOLDER, "sync-process.mjs"), [...task], { execArgv: [] });
  /** @type {Told[]} */
  const told = [];
  child.on("message", (message) => {
    const one = /** @type {Told} */ (message);
    told.push(one);
    if (one.done >= killAt) child.kill("SIGKILL");
  });
  const [code, signal] = await once(child, "exit");
  if (code !== 0 && signal !== "SIGKILL")
    throw new Error(`the process that syncs ended with ${code ?? signal}`);
  return { told, seconds: (performance.now() - startedMs) / 1000, isKilled: signal === "SIGKILL" };
}

/** @param {readonly Told[]} told */
const peakOf = (told) => Math.round(Math.max(0, ...told.map(({ peakMb }) => peakMb)));

/** The largest of a part of the run: the first quarter is how a process comes to its size. @param {readonly Told[]} told */
function growthOf(told) {
  const quarter = Math.floor(told.length / 4);
  const most = (/** @type {readonly Told[]} */ part) => Math.max(0, ...part.map(({ rssMb }) => rssMb));
  return Math.round(most(told.slice(-quarter - 1)) - most(told.slice(quarter, 2 * quarter + 1)));
}

/** Memory at ten moments of a process, in MB. @param {readonly Told[]} told */
const courseOf = (told) =>
  Array.from({ length: 10 }, (_, tenth) => told[Math.floor(((tenth + 0.5) * told.length) / 10)])
    .map((one) => Math.round(one?.rssMb ?? 0))
    .join(" ");

const code = await onPostgres(async (url, server) => {
  const pages = await startPages();
  const pool = openPool(url);
  /** @param {string} text */
  const count = async (text) => Number((await insist(pool, text, [TENANT]))[0]?.count);
  const records = () =>
    count("select count(*) from salesagent.records where tenant = $1 and removed_at is null");
  try {
    const task = [url, TENANT, pages.url];
    const first = await syncOnce(task, CONTACTS / 2);
    const kept = await records();
    const second = await syncOnce(task);
    const counts = second.told.at(-1)?.counts;
    const links = await count(
      `select count(distinct crm_id) from salesagent.crm_links where tenant = $1 and state = 'linked' and base_app is not null
        and crm_hash is not null`,
    );
    const all = await records();
    const peak = Math.max(peakOf(first.told), peakOf(second.told));
    const growth = Math.max(growthOf(first.told), growthOf(second.told));
    const rate = Math.round((kept + (counts?.created ?? 0)) / (first.seconds + second.seconds));
    return printChecks({
      title: "Memory of a first sync",
      facts: { contacts: CONTACTS.toLocaleString("en-US"), ...(await server.versions()) },
      columns: ["found"],
      checks: [
        {
          name: "killed in the middle of it",
          figures: [first.isKilled ? 1 : 0],
          target: "1",
          held: first.isKilled,
        },
        { name: "contacts kept by then", figures: [kept] },
        {
          ...{ name: "contacts read again after it", figures: [kept + (counts?.read ?? 0) - CONTACTS] },
          ...{ target: "0", held: kept + (counts?.read ?? 0) === CONTACTS },
        },
        {
          name: "contacts",
          figures: [all],
          target: CONTACTS.toLocaleString("en-US"),
          held: all === CONTACTS,
        },
        {
          ...{ name: "contacts of the CRM with a link, a base and a hash", figures: [links] },
          ...{ target: CONTACTS.toLocaleString("en-US"), held: links === CONTACTS },
        },
        { name: "peak memory, MB", figures: [peak], target: `at most ${MOST_MB}`, held: peak <= MOST_MB },
        {
          ...{ name: "growth from the second to the last quarter, MB", figures: [growth] },
          ...{ target: `at most ${MOST_GROWTH_MB}`, held: growth <= MOST_GROWTH_MB },
        },
        { name: "memory in the course of the first, MB", figures: [courseOf(first.told)] },
        { name: "memory in the course of the second, MB", figures: [courseOf(second.told)] },
        { name: "contacts a second", figures: [rate] },
      ],
      asJson: process.argv.includes("--json"),
    });
  } finally {
    await pool.end();
    pages.stop();
  }
});
process.exitCode = code;
