/** A process that `jobs.mjs` kills: works on a queue, and does one effect by the ledger for each job. */
import { setTimeout as sleep } from "node:timers/promises";
import { SalesAgentError } from "@salesagent/ports";
import { postgres } from "@salesagent/storage-pg";
import { pgBossJobs } from "@salesagent/storage-pg/jobs";
import { createOutside } from "./_outside.mjs";

export const QUEUE = "crash";
export const LEASE_MS = 1_500;
/** Each death of a process takes one. */
const RETRIES = 200;
const BACKOFF_MS = 50;
const BETWEEN_TRIES_MS = 100;

/**
 * @param {{ url: string, recorder: string, worker: string }} task
 * @param {(told: import("./_worker.mjs").Told) => void} tell
 */
async function work({ url, recorder, worker }, tell) {
  const storage = postgres({ connectionString: url, maxConnections: 6 });
  const jobs = pgBossJobs({
    connectionString: url,
    maxConnections: 4,
    leaseMs: LEASE_MS,
    onError: (error) => tell({ kind: "error", message: String(error) }),
  });
  const doOnce = createOutside({ storage, recorder, worker, leaseMs: LEASE_MS });
  await insist(() =>
    jobs.work(
      QUEUE,
      async ({ tenant, payload, signal }) => {
        const runId = String(payload);
        tell({ kind: "taken", runId });
        try {
          await doOnce(
            { kind: "booking", node: "job", item: 0, draft: "" },
            { tenant, runId, step: "do", signal },
          );
          tell({ kind: "progress", runId });
        } finally {
          tell({ kind: "rested", runId });
        }
      },
      { retries: RETRIES, backoffMs: BACKOFF_MS },
    ),
  );
}

/**
 * Begins again while the database is away.
 *
 * @param {() => Promise<unknown>} begin
 */
async function insist(begin) {
  for (;;) {
    try {
      return await begin();
    } catch (error) {
      if (!SalesAgentError.is(error, "job.unavailable")) throw error;
      await sleep(BETWEEN_TRIES_MS);
    }
  }
}

/** Begins to listen for its task. */
export function beginJobWork() {
  /** @param {import("./_worker.mjs").Told} told */
  const tell = (told) => {
    if (process.connected) process.send?.(told, undefined, {}, () => {});
  };
  process.once("message", (/** @type {any} */ task) => {
    void work(task, tell).then(() => tell({ kind: "ready" }));
  });
  process.once("disconnect", () => process.exit());
}
