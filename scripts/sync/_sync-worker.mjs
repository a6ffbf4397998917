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
 * @typedef {{ kind: "ready" } | { kind: "taken", runId: string, phase: typeof PHASES[number] } | { kind: "rested", runId: string }
 *   | { kind: "error", message: string, isKnown: boolean }} SyncTold
 */

/** What a worker is at. */
export const PHASES = /** @type {const} */ (["start", "list", "changes", "read", "write", "written", "done"]);

/**
 * The sync of the app with its CRM, the same in every process.
 *
 * @param {Omit<SyncTask, "worker">} task
 * @param {(phase: typeof PHASES[number]) => void} [at] Is told what it is at.
 */
export function openSync({ url, tenant, crmUrl, vendor }, at = () => {}) {
  const storage = postgres({ connectionString: url, maxConnections: 4 });
  const crmSync = createCrmSync({
    storage,
    connections: {
      [CONNECTION]: {
        provider: watched(openAdapter(vendor, crmUrl, { pageSize: 10 }), at),
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
 * @param {import("@salesagent/ports").CRMProvider} provider
 * @param {(phase: typeof PHASES[number]) => void} at
 * @returns {import("@salesagent/ports").CRMProvider}
 */
function watched(provider, at) {
  return {
    ...{ port: provider.port, provider: provider.provider, capabilities: provider.capabilities },
    list: (...args) => told(provider.list(...args), () => at("list")),
    changes: (...args) => told(provider.changes(...args), () => at("changes")),
    get: (...args) => provider.get(...args),
    getMany(...args) {
      at("read");
      return provider.getMany(...args);
    },
    lookup(...args) {
      at("read");
      return provider.lookup(...args);
    },
    create: (...args) => provider.create(...args),
    update: (...args) => provider.update(...args),
    remove: (...args) => provider.remove(...args),
    async writeMany(...args) {
      at("write");
      const written = await provider.writeMany(...args);
      at("written");
      return written;
    },
    verifyWebhook: (...args) => provider.verifyWebhook(...args),
    schema: (...args) => provider.schema(...args),
    health: (...args) => provider.health(...args),
  };
}

/**
 * @template T
 * @param {AsyncIterable<T>} pages
 * @param {() => void} at Is called before the first page and after each one.
 */
async function* told(pages, at) {
  at();
  for await (const page of pages) {
    at();
    yield page;
  }
}

/**
 * @param {SyncTask} task
 * @param {(told: SyncTold) => void} tell
 */
async function work({ worker, ...task }, tell) {
  /** @param {typeof PHASES[number]} phase */
  const at = (phase) => tell({ kind: "taken", runId: worker, phase });
  const { sync } = openSync(task, at);
  tell({ kind: "ready" });
  for (;;) {
    at("start");
    try {
      await sync.run(CONNECTION, { full: Math.random() < FULL_SHARE }).result();
      at("done");
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
