/** A process that `fence.mjs` stops in the middle of a node, and wakes when another one is in the same node. */
import { durableFlows, END, field, START, StateGraph } from "@salesagent/core/graph";
import { postgres } from "@salesagent/storage-pg";
import { reportingStorage } from "./_reporting-storage.mjs";

export const LEASE_MS = 1_500;

/**
 * @param {import("@salesagent/core/graph").Checkpointer} checkpointer
 * @param {(runId: string) => Promise<string>} hold Resolves with who held, once that one may go on.
 */
export const heldGraph = (checkpointer, hold) =>
  new StateGraph({ by: field({ default: () => "" }), remembered: field({ default: () => "" }) })
    .addNode("held", async (_, context) => {
      const by = await hold(context.runId);
      return { by, remembered: await context.step("who", () => by) };
    })
    .addEdge(START, "held")
    .addEdge("held", END)
    .compile({ name: "held", checkpointer });

/** Begins to listen for its task. */
export function beginHeldWork() {
  process.once("message", (/** @type {any} */ { url, control, worker }) => {
    /** @param {object} told */
    const tell = (told) => {
      if (process.connected) process.send?.(told, undefined, {}, () => {});
    };
    const storage = reportingStorage(
      postgres({ connectionString: url, maxConnections: 8 }),
      ({ kind, id: runId }) => tell({ kind, runId }),
    );
    const flows = durableFlows({ storage, owner: worker, leaseMs: LEASE_MS });
    heldGraph(flows, async (runId) => {
      await fetch(`${control}/?worker=${worker}&run=${runId}`);
      return worker;
    });
    flows.work();
    tell({ kind: "ready" });
  });
  process.once("disconnect", () => process.exit());
}
