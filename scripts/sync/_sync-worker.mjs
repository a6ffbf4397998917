/** A process that `kill.mjs` kills: syncs one connection again and again, over Postgres, and tells what it is at. */
import { setTimeout as sleep } from "node:timers/promises";
import { createCrmSync } from "@salesagent/core/crm";
import { SalesAgentError } from "@salesagent/ports";
import { postgres } from "@salesagent/storage-pg";
import { openAdapter, RULES } from "./_vendors.mjs";

export const CONNECTION = "crm";
/** A call of the adapter lasts two seconds at most, and none begins after 0.6 of it. */
export const LEASE_MS = 6_000;
const BETWEEN_RUNS_MS = 50;
/** One of so many syncs walks over all. */
const FULL_SHARE = 0.1;

/**
 * @typedef {{ url: string, tenant: string, crmUrl: string, vendor: import("./_vendors.mjs").Vendor, worker: string }} SyncTask
 * @typedef {{ kind: "ready" } | { kind: "taken", runId: string, phase: string } | { kind: "rested", runId: string }
 *   | { kind: "error", message: string, isKnown: boolean }} SyncTold
 */

/**
 * The sync of the app with its CRM, the same in every process.
 *
 * @param {Omit<SyncTask, "worker">} task
 */
export function openSync({ url, tenant, crmUrl, vendor }) {
  const storage = postgres({ connectionString: url, maxConnections: 4 });
  const crmSync = createCrmSync({
    storage,
    connections: {
      [CONNECTION]: {
        provider: openAdapter(vendor, crmUrl),
        kinds: ["company", "contact"],
        fields: RULES,
        toleranceMs: 1_000,
        limits: {
          ...{ batch: 20, leaseMs: LEASE_MS, backoffMs: 50, backoffCapMs: 1_000, attempts: 20 },
          // Removals are told apart by the ledger here, and held by `brake.mjs`.
          removals: 1_000_000,
        },
      },
    },
  });
  return { storage, sync: crmSync.tenant(tenant) };
}

/**
 * @param {SyncTask} task
 * @param {(told: SyncTold) => void} tell
 */
async function work({ worker, ...task }, tell) {
  const { sync } = openSync(task);
  tell({ kind: "ready" });
  for (;;) {
    tell({ kind: "taken", runId: worker, phase: "start" });
    try {
      for await (const told of sync.run(CONNECTION, { full: Math.random() < FULL_SHARE })) {
        if (told.type === "progress") tell({ kind: "taken", runId: worker, phase: told.phase });
      }
    } catch (error) {
      tell({ kind: "error", message: String(error), isKnown: SalesAgentError.is(error) });
    }
    tell({ kind: "rested", runId: worker });
    await sleep(BETWEEN_RUNS_MS);
  }
}

/** Begins to listen for its task. */
export function beginSyncWork() {
  /** @param {SyncTold} told */
  const tell = (told) => {
    if (process.connected) process.send?.(told, undefined, {}, () => {});
  };
  process.once("message", (/** @type {SyncTask} */ task) => void work(task, tell));
  process.once("disconnect", () => process.exit());
}
