/** Our engine under `graph.mjs`, and what is held against it. */

import { fileURLToPath } from "node:url";
import { LEASE_MS } from "./_booking-flow.mjs";
import { runCalmly, runDisturbed } from "./_disturb.mjs";
import { Observer } from "./_observer.mjs";
import { OurHost } from "./_our-host.mjs";
import { startRecorder } from "./_recorder-process.mjs";
import { Takeovers } from "./_takeovers.mjs";
import { judge, violated } from "./_verdict.mjs";
import { bundleWorker, WorkerPool } from "./_worker-pool.mjs";

export const WORKERS = 4;
export const FREEZE_MS = LEASE_MS * 2;

/** @typedef {Awaited<ReturnType<typeof runOurs>>} Ours */

/**
 * @param {{ url: string, server: import("./_disturb.mjs").Server, kills: number, seed: number, onKills: (kills: number) => void }} options
 */
export async function runOurs({ url, ...options }) {
  const tenant = `crash-${options.seed}-${Date.now()}`;
  const recorder = await startRecorder();
  const observer = new Observer(url, tenant);
  const host = new OurHost({ url, tenant, recorder: recorder.url, observer });
  const takeovers = new Takeovers();
  const told = { fenced: 0, errors: 0 };
  const entryPoints = [fileURLToPath(new URL("_worker.mjs", import.meta.url))];
  const program = await bundleWorker("crash-worker", { entryPoints });
  const pool = new WorkerPool(program, { url, tenant, recorder: recorder.url }, (worker, it) => {
    if (it.kind === "progress" && worker.ready) takeovers.progressed(it.runId);
    if (it.kind === "fenced" && pool.everFrozen.has(worker.name)) told.fenced += 1;
    if (it.kind === "error") told.errors += 1;
  });
  try {
    pool.start(WORKERS);
    await pool.untilReady();
    const calm = await runCalmly({ host });
    const disturbed = await runDisturbed({ ...options, host, pool, takeovers, freezeMs: FREEZE_MS });
    const [log, left] = [await recorder.log(), await observer.left()];
    const { everFrozen } = pool;
    const verdict = judge({
      calm: calm.runIds,
      runIds: disturbed.runIds,
      outputs: left.outputs,
      log,
      everFrozen,
    });
    const violations = violationsOf(verdict, left, host.errors);
    return {
      calm,
      disturbed,
      log,
      left,
      told,
      takeovers,
      verdict,
      violations,
      deaths: pool.deaths,
      settledByHand: host.settledByHand,
    };
  } finally {
    await pool.close();
    await host.close();
    await observer.close();
    recorder.stop();
  }
}

/**
 * Each by name, beside the figures of the table.
 *
 * @param {import("./_verdict.mjs").Verdict} verdict
 * @param {import("./_observer.mjs").Left} left
 * @param {readonly unknown[]} errors
 */
function violationsOf(verdict, left, errors) {
  return [
    ...violated("runs did not complete", [...verdict.unended, ...left.notCompleted]),
    ...violated("runs are still in hand", left.inHand),
    ...violated("runs differ from the undisturbed one", verdict.different),
    ...violated("runs have not all their tasks", verdict.incomplete),
    ...violated("effects were lost", verdict.lost),
    ...violated("effects belong to no run", verdict.strange),
    ...violated("effects were asked for twice", verdict.doubled),
    ...violated("effects are not settled", left.unsettled),
    ...violated("steps were done again after they were remembered", verdict.redrawn),
    ...violated("steps are left of runs that ended", left.steps),
    ...violated("errors met the host", errors.map(String)),
  ];
}
