/** An app in memory and a CRM without a socket, by one clock that is moved whenever somebody waits. */
import { setImmediate as turn } from "node:timers/promises";
import { createSyncContext, syncCycle } from "@salesagent/core/crm";
import { createManualClock } from "@salesagent/sandbox/crm";
import { memoryStorage } from "@salesagent/storage-memory";
import { appUsers } from "./_app-users.mjs";
import { openAdapter, openSandbox, RULES } from "./_vendors.mjs";

const STEP_MS = 100;
/** Turns in which nothing falls due but work goes on. */
const TURNS = 4;

/** @typedef {(request: { method: string, path: string }, response: Response) => Promise<Response> | undefined} Tamper */

/**
 * @param {import("./_vendors.mjs").Vendor} vendor
 * @param {{ seed: number, lagMs?: number, selfBumpMs?: number, pageSize?: number, kinds?: readonly ("contact" | "company")[],
 *   limits?: Partial<import("@salesagent/core/crm").SyncLimits> }} options
 */
export function openInProcess(
  vendor,
  { seed, lagMs = 10_000, selfBumpMs = 15_000, pageSize = 100, ...sync },
) {
  const clock = createManualClock();
  const sandbox = openSandbox(vendor, { seed, clock, lagMs, selfBumpMs });
  /** @type {{ with?: Tamper | undefined }} */
  const tamper = {};
  /** @type {typeof globalThis.fetch} */
  const fetch = async (input, init) => {
    const request = new Request(input, init);
    const { pathname: path } = new URL(request.url);
    const response = await sandbox.endpoint.fetch(input, init);
    return tamper.with?.({ method: request.method, path }, response) ?? response;
  };
  const provider = openAdapter(vendor, "http://crm.test", {
    ...{ clock, fetch, pageSize, indexLagMs: 30_000 },
    ...{ totalMs: 30_000, maxWaitMs: 60_000 },
  });
  const storage = memoryStorage({ clock }).tenant("acme");
  const { kinds = ["company", "contact"], limits = {} } = sync;
  /** @type {import("@salesagent/core/crm").SyncEvent[]} */
  const told = [];
  const context = createSyncContext({
    ...{ connection: "crm", provider, storage, kinds, clock, limits },
    fields: Object.fromEntries(kinds.map((kind) => [kind, RULES[kind]])),
    tell: (event) => {
      if (event.type === "braked" || event.type === "dead-letter") told.push(event);
    },
  });
  /**
   * @template T
   * @param {Promise<T>} promise
   * @returns {Promise<T>} What it comes to, while time passes for whoever waits.
   */
  const settled = async (promise) => {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    promise.then(end, end);
    while (!isOver) {
      for (let turns = 0; turns < TURNS && !isOver; turns++) await turn();
      if (!isOver && clock.pending > 0) clock.advance(STEP_MS);
    }
    return promise;
  };
  return {
    ...{ clock, provider, storage, context, told, settled, tamper },
    app: appUsers(storage),
    users: sandbox.users,
    endpoint: sandbox.endpoint,
    hubspot: sandbox.hubspot,
    close: sandbox.close,
    /** @param {{ full?: boolean, provider?: typeof provider }} [options] By another provider, such as one that tells of its calls. */
    cycle: ({ full = false, provider: other = provider } = {}) =>
      settled(syncCycle({ ...context, provider: other }, { full })),
  };
}
