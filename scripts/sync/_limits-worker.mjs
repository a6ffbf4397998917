/** A process of `limits.mjs`: asks a CRM for as much as its limits let it, with a credential that others use as well. */
import { createCredentials, localKeys } from "@salesagent/core/credentials";
import { createRateBudget, createTokenSource, credentialVault } from "@salesagent/core/http";
import { CLOSE_OAUTH } from "@salesagent/crm-close";
import { HUBSPOT_RATE_WINDOWS } from "@salesagent/crm-hubspot";
import { SalesAgentError } from "@salesagent/ports";
import { postgres } from "@salesagent/storage-pg";
import { openAdapter } from "./_vendors.mjs";

/** Calls in flight of each sort. */
const AT_ONCE = { gets: 24, searches: 4 };
/** How long an access token is said to be good. It is refreshed when half of it is over. */
export const TOKEN_LIFE_MS = 4_000;
/** By how much calls may arrive later than they got leave: processes wait for each other on a machine of two cores. */
const MARGIN_MS = Number(process.env["MARGIN_MS"] ?? 400);
const CLOSE_WINDOWS = [
  { name: "contacts", limit: 240, windowMs: 8_000, groups: ["GET contact"] },
  { name: "search", limit: 16, windowMs: 8_000, groups: ["POST data/search"] },
];

/**
 * @typedef {{ url: string, tenant: string, crmUrl: string, vendor: import("./_vendors.mjs").Vendor, ids: readonly string[],
 *   durationMs: number, key: string }} LimitsTask
 * @typedef {{ gets: number, searches: number, failures: Record<string, number> }} LimitsOutcome
 */

/** @param {LimitsTask} task */
export function openCredentials({ url, tenant, key }) {
  const storage = postgres({ connectionString: url, maxConnections: 4 });
  const keys = localKeys({ current: "one", keys: { one: key } });
  const credentials = createCredentials({ storage, keys }).tenant(tenant);
  return { storage, vault: credentialVault(credentials, { platform: "close" }) };
}

/** Asks the sandbox for tokens and passes them on as ones that end soon. @type {typeof globalThis.fetch} */
const shortLived = async (input, init) => {
  const response = await fetch(input, init);
  if (!response.ok) return response;
  const body = /** @type {object} */ (await response.json());
  return Response.json({ ...body, expires_in: TOKEN_LIFE_MS / 1_000 });
};

/** @param {LimitsTask} task */
async function work(task) {
  const { tenant, crmUrl, vendor, ids, durationMs } = task;
  const { storage, vault } = openCredentials(task);
  const { leases, rateBudgets: store } = storage.tenant(tenant);
  const windows = vendor === "close" ? CLOSE_WINDOWS : HUBSPOT_RATE_WINDOWS;
  const rateBudget = createRateBudget({ name: `${vendor}/acme`, windows, store, marginMs: MARGIN_MS });
  const oauth = createTokenSource({
    ...CLOSE_OAUTH,
    tokenUrl: `${crmUrl}/oauth2/token/`,
    ...{ clientId: "oa2client_sandbox", clientSecret: "sandbox_secret", vault, leases, fetch: shortLived },
  });
  const provider = openAdapter(vendor, crmUrl, {
    ...{ rateBudget, maxWaitMs: 60_000, totalMs: 20_000 },
    ...(vendor === "close" ? { oauth } : {}),
  });
  const untilMs = Date.now() + durationMs;
  /** @type {LimitsOutcome} */
  const outcome = { gets: 0, searches: 0, failures: {} };
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("time is over")), durationMs);
  /**
   * @param {"gets" | "searches"} sort
   * @param {(call: import("@salesagent/ports").CrmCallOptions, count: number) => Promise<unknown>} ask
   * @param {number} index
   */
  const loop = async (sort, ask, index) => {
    const priority = index % 2 === 0 ? "bulk" : "interactive";
    for (let count = index; Date.now() < untilMs; count++) {
      try {
        await ask({ priority, signal: controller.signal }, count);
        outcome[sort] += 1;
      } catch (error) {
        if (controller.signal.aborted) return;
        const code = SalesAgentError.is(error) ? error.code : String(error);
        outcome.failures[code] = (outcome.failures[code] ?? 0) + 1;
      }
    }
  };
  await Promise.all([
    ...Array.from({ length: AT_ONCE.gets }, (_, index) =>
      loop("gets", (call, count) => provider.get("contact", ids[count % ids.length] ?? "", call), index),
    ),
    ...Array.from({ length: AT_ONCE.searches }, (_, index) =>
      loop("searches", (call) => provider.lookup(searchOf(vendor), call), index),
    ),
  ]);
  await storage[Symbol.asyncDispose]();
  return outcome;
}

/** @param {import("./_vendors.mjs").Vendor} vendor @returns {import("@salesagent/ports").CrmLookup} */
const searchOf = (vendor) =>
  vendor === "close" ? { kind: "contact", email: "p1@x.example" } : { kind: "company", domain: "x.example" };

/** Begins to listen for its task. */
export function beginLimitsWork() {
  process.once("message", (/** @type {LimitsTask} */ task) => {
    void work(task).then(
      (outcome) => process.send?.(outcome, undefined, {}, () => process.exit()),
      (error) => {
        process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
        process.exit(1);
      },
    );
  });
  process.once("disconnect", () => process.exit());
}
