/**
 * Two workers never both write: one is stopped (SIGSTOP) in the middle of a node of each of its runs, another takes them over when
 * the lease is over and is in the same node, then the first is woken (SIGCONT) and writes what it had. Every such write must be
 * refused, and every run must end as the second one says. `ROUNDS` of them (3).
 */
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { durableFlows } from "@salesagent/core/graph";
import { postgres } from "@salesagent/storage-pg";
import { printChecks } from "./_checks.mjs";
import { onPostgres } from "./_database.mjs";
import { heldGraph, LEASE_MS } from "./_fence-worker.mjs";
import { violated } from "./_verdict.mjs";
import { bundleWorker, WorkerPool } from "./_worker-pool.mjs";

const ROUNDS = Number(process.env["ROUNDS"] ?? 3);
const RUNS = 40;
const TENANT = "fence";
const LOOK_MS = 20;
const LONGEST_WAIT_MS = 60_000;
const PROGRAM = 'import { beginHeldWork } from "./_fence-worker.mjs"; beginHeldWork();';

/** Holds whoever is in a node until it is let go. */
async function startControl() {
  /** @type {{ worker: string, runId: string, letGo: () => void }[]} */
  const held = [];
  let isOpen = false;
  const server = createHttpServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://control");
    const [worker, runId] = [searchParams.get("worker") ?? "", searchParams.get("run") ?? ""];
    if (isOpen) response.end();
    else held.push({ worker, runId, letGo: () => void response.end() });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    /** @param {(worker: string) => boolean} matches */
    heldBy: (matches) => held.filter(({ worker }) => matches(worker)),
    /** From now on nobody is held. */
    open: () => {
      isOpen = true;
      for (const { letGo } of held) letGo();
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * @param {() => boolean} holds
 * @param {string} what
 */
async function until(holds, what) {
  const endsAtMs = Date.now() + LONGEST_WAIT_MS;
  while (!holds()) {
    if (Date.now() > endsAtMs) throw new Error(`It never came that ${what}.`);
    await sleep(LOOK_MS);
  }
}

/** @param {readonly { runId: string }[]} list */
const runsOf = (list) => new Set(list.map(({ runId }) => runId));

/**
 * @param {string} url
 * @param {string} program
 * @param {number} round
 */
async function play(url, program, round) {
  const control = await startControl();
  const storage = postgres({ connectionString: url });
  const graph = heldGraph(durableFlows({ storage, tenant: TENANT, work: "elsewhere" }), async () => "");
  /** @type {{ kind: string, runId: string, worker: string, woken: boolean }[]} */
  const told = [];
  let woken = false;
  const pool = new WorkerPool(program, { url, control: control.url }, ({ name: worker }, it) => {
    if (it.kind !== "ready") told.push({ .../** @type {any} */ (it), worker, woken });
  });
  try {
    pool.start(1);
    await pool.untilReady();
    const [first] = pool.ready;
    if (!first) throw new Error("There is no worker.");
    const runIds = Array.from({ length: RUNS }, (_, index) => `run-${round}-${index}`);
    const ends = runIds.map((runId) => graph.invoke({}, { runId }));
    const isFirst = (/** @type {string} */ name) => name === first.name;
    const isOther = (/** @type {string} */ name) => name !== first.name;
    await until(() => runsOf(control.heldBy(isFirst)).size === RUNS, "the first worker held all runs");
    first.child.kill("SIGSTOP");
    for (const { letGo } of control.heldBy(isFirst)) letGo();
    pool.start(1);
    await until(() => runsOf(control.heldBy(isOther)).size === RUNS, "the second worker took all runs over");
    woken = true;
    first.child.kill("SIGCONT");
    const spoken = () => runsOf(told.filter(({ worker, woken }) => woken && isFirst(worker)));
    await until(() => spoken().size === RUNS, "the woken worker had tried to write to all runs");
    first.child.kill("SIGKILL");
    control.open();
    const outcomes = await Promise.all(ends);
    const wrote = told.filter(({ worker, woken, kind }) => woken && isFirst(worker) && kind === "written");
    const refused = told.filter(({ worker, woken, kind }) => woken && isFirst(worker) && kind === "fenced");
    const strayed = outcomes.filter(
      ({ state, status }) => status !== "completed" || !isOther(state.by) || state.by !== state.remembered,
    );
    return {
      refused: runsOf(refused).size,
      wrote: wrote.map(({ runId }) => runId),
      strayed: strayed.map(({ runId }) => runId),
    };
  } finally {
    await pool.close();
    control.stop();
    await storage[Symbol.asyncDispose]();
  }
}

process.exitCode = await onPostgres(async (url, server) => {
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const program = await bundleWorker("crash-fence-worker", { stdin: { contents: PROGRAM, resolveDir } });
    rounds.push(await play(url, program, round));
  }
  const wrote = rounds.flatMap((round) => round.wrote);
  const strayed = rounds.flatMap((round) => round.strayed);
  const refused = rounds.reduce((sum, round) => sum + round.refused, 0);
  const all = ROUNDS * RUNS;
  return printChecks({
    title: "Workers stopped in a node, and woken when another has it",
    facts: await server.versions(),
    columns: ["ours"],
    checks: [
      { name: `runs, taken over after a lease of ${LEASE_MS} ms`, figures: [all] },
      {
        name: "runs of which the woken worker was refused",
        figures: [refused],
        target: String(all),
        held: refused === all,
      },
      {
        name: "writes of woken workers that stood",
        figures: [wrote.length],
        target: "0",
        held: wrote.length === 0,
      },
      {
        name: "runs that did not end as the second worker says",
        figures: [strayed.length],
        target: "0",
        held: strayed.length === 0,
      },
    ],
    violations: [...violated("runs were written to by two", wrote), ...violated("runs went astray", strayed)],
    asJson: process.argv.includes("--json"),
  });
});
