/**
 * A process that `graph.mjs` kills and freezes: works on runs that are due, in Postgres, and tells what it gets done. It is told
 * nothing of what others left.
 */
import { durableFlows } from "@salesagent/core/graph";
import { postgres } from "@salesagent/storage-pg";
import { createFlow, LEASE_MS } from "./_booking-flow.mjs";
import { createOutside } from "./_outside.mjs";
import { reportingStorage } from "./_reporting-storage.mjs";

/**
 * @typedef {{ url: string, tenant: string, recorder: string, worker: string }} Task
 * @typedef {{ kind: "ready" } | { kind: "taken", runId: string } | { kind: "progress", runId: string } | { kind: "fenced", runId: string }
 *   | { kind: "rested", runId: string } | { kind: "error", message: string }} Told
 */

/** @param {Told} told */
function tell(told) {
  if (process.connected) process.send?.(told, undefined, {}, () => {});
}

/** @param {Task} task */
function work({ url, tenant, recorder, worker }) {
  const storage = postgres({ connectionString: url, maxConnections: 6 });
  const doOnce = createOutside({ storage, recorder, worker, leaseMs: LEASE_MS });
  const flows = durableFlows({
    storage: reportingStorage(storage, ({ id: runId, kind }) => {
      if (kind === "fenced") tell({ kind, runId });
    }),
    owner: worker,
    leaseMs: LEASE_MS,
    onEvent: (event, { id: runId }) => {
      if (event.type === "run-started") tell({ kind: "taken", runId });
      if (event.type === "node-finished") tell({ kind: "progress", runId });
      if (event.type === "interrupted" || event.type === "run-completed") tell({ kind: "rested", runId });
    },
    onError: (error) => tell({ kind: "error", message: String(error) }),
  });
  createFlow({
    checkpointer: flows,
    random: Math.random,
    doOnce: (post, place) => doOnce(post, { ...place, tenant }),
  });
  flows.work();
}

process.once("message", (/** @type {Task} */ task) => {
  work(task);
  tell({ kind: "ready" });
});
process.once("disconnect", () => process.exit());
