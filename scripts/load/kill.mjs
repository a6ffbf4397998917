/**
 * Processes that run agents are killed by SIGKILL at any moment, while readers in another process follow the runs: each run goes on in
 * another process, on the same stream, and each reader gets all of it once and in order. `KILLS` (20), `READERS` (3) for each run;
 * `SEED` repeats the choices. `--json` for programs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { printChecks } from "../crash/_checks.mjs";
import { onPostgres } from "../crash/_database.mjs";
import { violated } from "../crash/_verdict.mjs";
import { bundleWorker, WorkerPool } from "../crash/_worker-pool.mjs";
import { createChoices } from "../workspace/random.mjs";
import { LEASE_MS, openApp } from "./_open-app.mjs";
import { readToEnd } from "./_reader.mjs";
import { faultsOfSteps } from "./_talk.mjs";
import { inProcess } from "./_transports.mjs";

const KILLS = Number(process.env["KILLS"] ?? 20);
const READERS = Number(process.env["READERS"] ?? 3);
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const WORKERS = 3;
/** Runs that go on at once; as one ends, another begins. */
const AT_ONCE = 10;
const STEPS = 24;
const PACE_MS = 40;
const LONGEST_PAUSE_MS = 2_500;
const LEAVES = 0.01;
/** Workers that end by themselves so often are of no use. */
const MOST_DEATHS = 5;
const PROGRAM = 'import { beginKillWork } from "./_kill-worker.mjs"; beginKillWork();';

/**
 * How long each run stood still when its process was killed: from the last event before to the first one after.
 *
 * @param {readonly { type: string, atMs: number }[]} heard
 */
function gapsOf(heard) {
  return heard.flatMap(({ type, atMs }, index) => {
    const before = heard[index - 1];
    return type === "run-resumed" && before ? [atMs - before.atMs] : [];
  });
}

/** @param {readonly number[]} values @param {number} share */
const quantile = (values, share) =>
  [...values].sort((one, other) => one - other)[Math.floor((values.length - 1) * share)] ?? 0;

/** @param {string} url */
async function run(url) {
  const tenant = `kill-${seed}-${Date.now()}`;
  const choices = createChoices(seed);
  const { sales, storage } = openApp({ url, steps: STEPS, paceMs: PACE_MS });
  const transport = inProcess(sales.streams, tenant);
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const program = await bundleWorker("kill-worker", { stdin: { contents: PROGRAM, resolveDir } });
  /** @type {string[]} */
  const strange = [];
  const pool = new WorkerPool(program, { url, steps: STEPS, paceMs: PACE_MS }, (_, told) => {
    if (told.kind === "error") strange.push(told.message);
  });
  const figures = { runs: 0, events: 0, resumed: 0, returns: 0, cutShort: 0 };
  /** @type {string[]} */
  const faults = [];
  /** @type {number[]} */
  const gaps = [];
  let killed = 0;

  /** @param {string} id @param {number} index */
  const read = async (id, index) => {
    /** @type {{ type: string, atMs: number }[]} */
    const heard = [];
    const onEvent = (/** @type {{ type: string }} */ { type }) =>
      heard.push({ type, atMs: performance.now() });
    const own = createChoices(seed * 31 + figures.runs * 7 + index);
    const { events, returns } = await readToEnd(transport, id, { choices: own, leaveShare: LEAVES, onEvent });
    figures.returns += returns;
    faults.push(...faultsOfSteps(events, STEPS).map((fault) => `${id}: ${fault}`));
    // Of a reader who was there all the time.
    if (returns === 0) gaps.push(...gapsOf(heard));
    return events;
  };
  /** One run after the other, until all kills are done. */
  const lane = async () => {
    while (killed < KILLS && pool.deaths < MOST_DEATHS) {
      const { id } = await sales.runs.start(tenant, { agent: "stepping", input: "go", by: "load" });
      figures.runs += 1;
      const got = await Promise.all(Array.from({ length: READERS }, (_, index) => read(id, index)));
      const [events = []] = got;
      figures.events += events.length;
      figures.resumed += events.filter(({ type }) => type === "run-resumed").length;
      const { status } = await sales.runs.result(tenant, id);
      if (status !== "completed") faults.push(`${id}: it is ${status}`);
    }
  };
  try {
    pool.start(WORKERS);
    const lanes = Array.from({ length: AT_ONCE }, lane);
    while (killed < KILLS && pool.deaths < MOST_DEATHS) {
      // The next one most often after those of the one before were taken over, and sometimes while they still stand.
      await sleep(LEASE_MS / 2 + choices.below(LONGEST_PAUSE_MS));
      const worker = choices.pick(pool.busy);
      if (!worker) continue;
      figures.cutShort += pool.runsOf(worker).length;
      await pool.kill(worker);
      killed += 1;
      process.stderr.write(`${killed} of ${KILLS} kills\r`);
    }
    await Promise.all(lanes);
    return { ...figures, killed, faults, gaps, strange, deaths: pool.deaths };
  } finally {
    await pool.close();
    await sales[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  }
}

process.stderr.write(`seed ${seed}\n`);
process.exitCode = await onPostgres(async (url, server) => {
  const facts = { seed, ...(await server.versions()) };
  const { killed, faults, gaps, strange, deaths, ...figures } = await run(url);
  /** @param {string} name @param {number | string} figure */
  const toldOnly = (name, figure) => ({ name, figures: [figure] });
  const checks = [
    toldOnly("processes killed (kill -9)", killed),
    toldOnly("runs that told all", figures.runs),
    toldOnly("runs in the hands of a process as it was killed", figures.cutShort),
    toldOnly("times that a run went on", figures.resumed),
    toldOnly("events in their streams", figures.events),
    toldOnly("readers of each run", READERS),
    toldOnly("times that a reader left and came back", figures.returns),
    toldOnly("standstill of a run, ms, median", Math.round(quantile(gaps, 0.5))),
    toldOnly("standstill of a run, ms, longest", Math.round(quantile(gaps, 1))),
    {
      name: "readers that missed something",
      figures: [faults.length],
      target: "0",
      held: faults.length === 0,
    },
    { name: "workers that ended by themselves", figures: [deaths], target: "0", held: deaths === 0 },
    toldOnly("failures that workers told", strange.length),
  ];
  const violations = [...violated("readers", faults), ...violated("failures", [...new Set(strange)])];
  const asJson = process.argv.includes("--json");
  return printChecks({ title: "Runs under kill -9", facts, columns: [""], checks, violations, asJson });
});
