/** A CRM in a process of its own, on the loopback interface: its sandbox, what goes wrong with it, and its users, who are told by messages. */
import { createRandom } from "../workspace/random.mjs";
import { openSandbox } from "./_vendors.mjs";

/**
 * @typedef {import("./_vendors.mjs").Vendor} Vendor
 * @typedef {import("./_vendors.mjs").SandboxTraits} SandboxTraits
 * @typedef {{ vendor: Vendor, traits: SandboxTraits, faultShare: number }} CrmTask
 * @typedef {{ call: number, method: string, args: any[] }} CrmCall
 */

/**
 * Faults for so large a share of all calls, until they are called off.
 *
 * @param {import("@salesagent/sandbox/crm").CrmEndpoint} endpoint
 * @param {number} share
 * @param {number} seed
 */
function disturb(endpoint, share, seed) {
  const random = createRandom(seed);
  /** @type {[number, import("@salesagent/sandbox/crm").CrmFault][]} */
  const faults = [
    [0.37, { type: "lost", when: "after" }],
    [0.2, { type: "lost", when: "before" }],
    [0.08, { type: "rate-limited", retryAfterSeconds: 1 }],
    [0.1, { type: "status", status: 503, body: { error: "busy" } }],
    [0.1, { type: "cut-body", afterBytes: 20 }],
    [0.1, { type: "slow", delayMs: 250, when: "after" }],
    [0.05, { type: "html" }],
  ];
  for (const [part, fault] of faults) {
    endpoint.fail({ times: Number.POSITIVE_INFINITY, on: () => random() < share * part, fault });
  }
}

/** @param {CrmTask} task */
async function serve({ vendor, traits, faultShare }) {
  const { endpoint, users, close } = openSandbox(vendor, traits);
  const random = createRandom(traits.seed + 1);
  /** @type {Map<string, { kind: import("./_vendors.mjs").Kind, id: string, key: string }>} */
  const known = new Map();
  /** @param {string} prefix */
  const pick = (prefix) => {
    const some = [...known.values()].filter(({ key }) => key.startsWith(prefix));
    return some[Math.floor(random() * some.length)];
  };
  const note = () => {
    for (const kind of /** @type {const} */ (["company", "contact"])) {
      for (const { id, key } of users.standing(kind)) known.set(`${kind} ${key}`, { kind, id, key });
    }
  };
  /** @type {Record<string, (...args: any[]) => unknown>} */
  const methods = {
    async create(kind, key, values, companyKey) {
      const companyId = known.get(`company ${companyKey}`)?.id;
      if (companyKey !== undefined && companyId === undefined) return undefined;
      const id = await users.create(kind, key, values, companyId);
      known.set(`${kind} ${key}`, { kind, id, key });
      return id;
    },
    /** Looks for records that the sync made since. */
    note,
    pick: (/** @type {string} */ prefix) => pick(prefix),
    async edit(kind, key, values) {
      const found = known.get(`${kind} ${key}`);
      if (found) await users.edit(kind, found.id, values);
      return found !== undefined;
    },
    async remove(kind, key) {
      const found = known.get(`${kind} ${key}`);
      if (!found) return false;
      known.delete(`${kind} ${key}`);
      await users.remove(kind, found.id);
      return true;
    },
    standing: (kind) => users.standing(kind),
    writes: () => users.writes(),
    breaches: () => users.breaches(),
    /** What came though there was no room, and the calls from the first one on. */
    refused: () =>
      endpoint.calls.flatMap(({ method, path, status }, at) =>
        status === 429 ? [`${method} ${path} (call ${at + 1})`] : [],
      ),
    disturb: () => disturb(endpoint, faultShare, traits.seed),
    calm: () => endpoint.clearFaults(),
    issueTokens: () => close?.oauth.issue(),
    oauthCounts: () => ({ refreshes: close?.oauth.refreshes, refusals: close?.oauth.refusals }),
  };
  process.on("message", (/** @type {CrmCall} */ { call, method, args }) => {
    void (async () => methods[method]?.(...args))().then(
      (answer) => process.send?.({ call, answer }),
      (error) => process.send?.({ call, error: String(error) }),
    );
  });
  const { url } = await endpoint.listen();
  process.send?.({ url });
}

process.once("message", (/** @type {CrmTask} */ task) => void serve(task));
process.once("disconnect", () => process.exit());
