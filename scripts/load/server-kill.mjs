/**
 * Server processes that run agents are killed by SIGKILL while readers follow over HTTP: the readers come back to the other process, see
 * each run go on there, on the same stream, and get all of it once and in order. `KILLS` (3) of `PROCESSES` (2), `RUNS` (40), `READERS`
 * (200), `STEPS` (15 for each kill) of a run at a pace of `PACE_MS` (400); `SEED` repeats the choices. `--json` for programs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@salesagent/client";
import { printChecks } from "../crash/_checks.mjs";
import { onPostgres } from "../crash/_database.mjs";
import { violated } from "../crash/_verdict.mjs";
import { createChoices } from "../workspace/random.mjs";
import { Child } from "./_child.mjs";
import { openApp } from "./_open-app.mjs";
import { lackOfFiles } from "./_open-files.mjs";

/** @param {string} name @param {number} otherwise */
const setting = (name, otherwise) => Number(process.env[name] ?? otherwise);

const KILLS = setting("KILLS", 3);
const PROCESSES = Math.max(2, setting("PROCESSES", 2));
const RUNS = setting("RUNS", 40);
const READERS = setting("READERS", 200);
const STEPS = setting("STEPS", 15 * KILLS);
const PACE_MS = setting("PACE_MS", 400);
const seed = setting("SEED", Date.now() % 1_000_000);

const LEASE_MS = 3_000;
const HEARTBEAT_MS = 3_000;
const LEAVES = 0.002;
/** A process is killed so long after the one before it is there again, and not at once: that runs are in its hands. */
const PAUSE_MS = 1_500;
const LONGEST_MORE_MS = 1_500;

/** @param {readonly number[]} values @param {number} share */
const quantile = (values, share) =>
  [...values].sort((one, other) => one - other)[Math.floor((values.length - 1) * share)] ?? 0;

/** @param {string} url */
async function run(url) {
  const tenant = `kill-${seed}-${Date.now()}`;
  const choices = createChoices(seed);
  const { sales, storage } = openApp({ url });
  /** @type {Child[]} */
  const servers = [];
  /** @type {string[]} */
  const urls = [];
  const readers = new Child("_read.mjs");
  /** @param {number} index */
  const start = async (index) => {
    const child = new Child("_serve.mjs");
    servers[index] = child;
    const port = Number(new URL(urls[index] ?? "http://any:0").port);
    const timing = { steps: STEPS, paceMs: PACE_MS, leaseMs: LEASE_MS, heartbeatMs: HEARTBEAT_MS };
    urls[index] = await child.ask("serve", { url, port, ...timing, concurrency: RUNS });
    await child.ask("work");
  };
  let killed = 0;
  try {
    await Promise.all(Array.from({ length: PROCESSES }, (_, index) => start(index)));
    const { key } = await sales.apiKeys.issue(tenant, { name: "load", role: "member", by: "load" });
    const client = createClient({ url: urls[0] ?? "", headers: { authorization: `Bearer ${key}` } });
    const started = await Promise.all(
      Array.from({ length: RUNS }, () => client.streams.start({ agent: "stepping", input: "go" })),
    );
    await readers.ask("read", {
      ...{ urls, key, streamIds: started.map(({ id }) => id), readers: READERS, seed },
      ...{ leaveShare: LEAVES, tearAfterMs: 0, wanted: { kind: "steps", count: STEPS } },
    });
    let isDone = false;
    const done = readers.ask("done").finally(() => {
      isDone = true;
    });
    done.catch(() => {}); // awaited below
    while (killed < KILLS) {
      await sleep(PAUSE_MS + choices.below(LONGEST_MORE_MS));
      if (isDone) break;
      const index = killed % PROCESSES;
      await servers[index]?.end("SIGKILL");
      killed += 1;
      process.stderr.write(`${killed} of ${KILLS} kills\r`);
      // The other one is alone until it has taken all over.
      await sleep(LEASE_MS);
      await start(index);
    }
    const figures = await done;
    /** @type {string[]} */
    const unended = [];
    for (const { id } of started) {
      const view = await sales.runs.get(tenant, id);
      if (view?.status !== "completed") unended.push(`${id} is ${view?.status}`);
    }
    return { ...figures, killed, unended };
  } finally {
    for (const child of [readers, ...servers]) await child.end();
    await sales[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  }
}

/** @param {string} name @param {number | string} figure */
const toldOnly = (name, figure) => ({ name, figures: [figure] });

const lack = lackOfFiles(READERS);
if (lack) {
  process.stderr.write(`${lack}.\n`);
  process.exitCode = 1;
} else {
  process.stderr.write(`seed ${seed}\n`);
  process.exitCode = await onPostgres(async (url, server) => {
    const facts = { seed, ...(await server.versions()) };
    const { killed, unended, faults, gaps, ...figures } = await run(url);
    const checks = [
      {
        name: "server processes killed (kill -9)",
        ...{ figures: [killed], target: `${KILLS}`, held: killed === KILLS },
      },
      toldOnly("runs", RUNS),
      toldOnly("readers over HTTP", READERS),
      toldOnly("events given out", figures.delivered),
      toldOnly("connections that were lost, or refused, and made anew by the client", figures.lost),
      toldOnly("times that a reader left and came back", figures.returns),
      {
        name: "times that a reader saw a run go on in another process",
        ...{ figures: [figures.resumed], target: "≥ 1", held: figures.resumed > 0 },
      },
      toldOnly(`standstill of a run, ms, median; a lease is ${LEASE_MS}`, Math.round(quantile(gaps, 0.5))),
      toldOnly("standstill of a run, ms, longest", Math.round(quantile(gaps, 1))),
      {
        name: "readers that missed something, or got it twice",
        ...{ figures: [figures.failed], target: "0", held: figures.failed === 0 },
      },
      { name: "runs that did not end", figures: [unended.length], target: "0", held: unended.length === 0 },
    ];
    const violations = [...violated("readers", faults), ...violated("runs", unended)];
    const asJson = process.argv.includes("--json");
    const title = "Servers under kill -9";
    return printChecks({ title, facts, columns: [""], checks, violations, asJson });
  });
}
