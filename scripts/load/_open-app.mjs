/** The app as each process of a suite has it. */
import { createSalesAgent } from "@salesagent/core/app";
import { postgres } from "@salesagent/storage-pg";
import { CountingAgent, steppingAgent } from "./_talk.mjs";

/** A process of `kill.mjs` that is killed keeps its runs for so long. */
export const LEASE_MS = 1_500;

/**
 * @param {{ url: string, steps?: number, paceMs?: number, concurrency?: number, leaseMs?: number, work?: "here" | "elsewhere",
 *   onError?: (error: unknown) => void, onEvent?: import("@salesagent/core/graph").DurableOptions["onEvent"] }} options
 */
export function openApp({
  url,
  steps = 20,
  paceMs = 25,
  concurrency = 120,
  leaseMs = LEASE_MS,
  work = "elsewhere",
  onError,
  onEvent,
}) {
  const storage = postgres({ connectionString: url, maxConnections: 8 });
  const sales = createSalesAgent({
    storage,
    agents: [new CountingAgent({ storage }), steppingAgent({ storage, steps, paceMs })],
    durable: { work, concurrency, leaseMs, onEvent },
    onError,
  });
  return { sales, storage };
}
