/**
 * The CRMs of the proofs: a sandbox with the hands of its users, and the adapter for it. Both vendors have the same fields here: `title`
 * of contacts, and four of the host's own, `ours`, `theirs`, `shared` and `decided`.
 */
import { createRateBudget } from "@salesagent/core/http";
import { close } from "@salesagent/crm-close";
import { hubspot } from "@salesagent/crm-hubspot";
import { closeSandbox, hubspotSandbox } from "@salesagent/sandbox/crm";

/**
 * @typedef {"close" | "hubspot"} Vendor
 * @typedef {"contact" | "company"} Kind
 * @typedef {Readonly<Record<string, string>>} Values
 *
 * @typedef {object} Row A record of a CRM as it stands.
 * @property {string} id
 * @property {string} key An address or a domain.
 * @property {Values} values
 * @property {string} [companyId]
 *
 * @typedef {object} UserHands
 * @property {(kind: Kind, key: string, values: Values, companyId?: string) => Promise<string>} create Gives the id.
 * @property {(kind: Kind, id: string, values: Values) => Promise<void>} edit
 * @property {(kind: Kind, id: string) => Promise<void>} remove
 * @property {(kind: Kind) => readonly Row[]} standing
 * @property {() => number} writes How many came by the API.
 * @property {() => number} breaches Calls that came though there was no room for them.
 *
 * @typedef {object} SandboxTraits
 * @property {number} seed
 * @property {import("@salesagent/ports").Clock} [clock]
 * @property {number} [lagMs] Of the search index. 600 unless told.
 * @property {boolean} [limited] With the vendor's limits. false unless told.
 * @property {number} [selfBumpMs] After how long HubSpot moves stamps by itself. 700 unless told.
 *
 * @typedef {object} OpenSandbox
 * @property {import("@salesagent/sandbox/crm").CrmEndpoint} endpoint
 * @property {UserHands} users
 * @property {import("@salesagent/sandbox/crm").CloseSandbox} [close]
 * @property {import("@salesagent/sandbox/crm").HubspotSandbox} [hubspot]
 */

/** @type {readonly Vendor[]} */
export const VENDORS = ["close", "hubspot"];

export const OWN_FIELDS = ["ours", "theirs", "shared", "decided"];

/** What is kept in step beside the adapter's own fields: both users write `shared`, and persons settle `decided`. */
export const RULES = {
  contact: rules(),
  company: rules(),
};

/** @returns {import("@salesagent/core/crm").FieldRules} */
function rules() {
  return {
    "custom.ours": {},
    "custom.theirs": {},
    "custom.shared": {},
    "custom.decided": { policy: "review" },
  };
}

/**
 * @param {Vendor} vendor
 * @param {SandboxTraits} traits
 * @returns {OpenSandbox}
 */
export function openSandbox(vendor, traits) {
  return vendor === "close" ? openClose(traits) : openHubspot(traits);
}

/** Names of Close's custom fields, which are ids. @param {string} name */
const closeField = (name) => `cf_${name}`;

/**
 * @param {SandboxTraits} traits
 * @returns {OpenSandbox}
 */
function openClose({ seed, clock, lagMs = 600, limited = false }) {
  const free = Number.POSITIVE_INFINITY;
  const sandbox = closeSandbox({
    seed,
    ...(clock === undefined ? {} : { clock }),
    indexLagMs: lagMs,
    equalStamps: 3,
    consolidationMs: 500,
    ...(limited ? {} : { rates: { search: free, leadDelete: free, general: free } }),
    customFields: OWN_FIELDS.map((name) => ({
      ...{ owner: /** @type {const} */ ("shared"), name, type: /** @type {const} */ ("text") },
      id: closeField(name),
    })),
  });
  const paths = { contact: "/contact/", company: "/lead/" };
  const types = { contact: /** @type {const} */ ("contact"), company: /** @type {const} */ ("lead") };
  /** @param {Values} values */
  const toClose = ({ title, ...own }) => ({
    ...(title === undefined ? {} : { title }),
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`custom.${closeField(name)}`, value])),
  });
  return {
    endpoint: sandbox,
    close: sandbox,
    users: {
      async create(kind, key, values, companyId) {
        const identity =
          kind === "contact"
            ? { name: `Person ${key}`, emails: [{ email: key, type: "office" }] }
            : { name: `Company ${key}`, url: `https://${key}` };
        const under = companyId === undefined ? {} : { lead_id: companyId };
        const body = { ...identity, ...under, ...toClose(values) };
        return String((await sandbox.act("POST", paths[kind], body))["id"]);
      },
      async edit(kind, id, values) {
        await sandbox.act("PUT", `${paths[kind]}${id}/`, toClose(values));
      },
      async remove(kind, id) {
        await sandbox.act("DELETE", `${paths[kind]}${id}/`);
      },
      standing: (kind) =>
        sandbox.standing(types[kind]).map((doc) => {
          const emails = /** @type {{ email: string }[]} */ (doc["emails"] ?? []);
          const leadId = doc["lead_id"];
          return {
            id: doc.id,
            key: kind === "contact" ? (emails[0]?.email ?? "") : hostOf(doc["url"]),
            values: texts({
              title: doc["title"],
              ...Object.fromEntries(OWN_FIELDS.map((name) => [name, doc[`custom.${closeField(name)}`]])),
            }),
            ...(kind === "contact" && typeof leadId === "string" ? { companyId: leadId } : {}),
          };
        }),
      writes: () => sandbox.writes.length,
      breaches: () => sandbox.rateBreaches(),
    },
  };
}

/**
 * @param {SandboxTraits} traits
 * @returns {OpenSandbox}
 */
function openHubspot({ seed, clock, lagMs = 600, limited = false, selfBumpMs = 700 }) {
  const sandbox = hubspotSandbox({
    seed,
    ...(clock === undefined ? {} : { clock }),
    searchLagMs: lagMs,
    selfBumpMs: selfBumpMs === 0 ? false : [selfBumpMs, 2 * selfBumpMs],
    ...(limited ? {} : { rates: /** @type {const} */ (false) }),
  });
  const types = {
    contact: /** @type {const} */ ("contacts"),
    company: /** @type {const} */ ("companies"),
  };
  const { world } = sandbox;
  for (const type of Object.values(types)) {
    for (const name of OWN_FIELDS) world.defineProperty(type, { name: `own_${name}` });
  }
  /** @param {Values} values */
  const toHubspot = ({ title, ...own }) => ({
    ...(title === undefined ? {} : { jobtitle: title }),
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`own_${name}`, value])),
  });
  return {
    endpoint: sandbox,
    hubspot: sandbox,
    users: {
      async create(kind, key, values, companyId) {
        const identity =
          kind === "contact"
            ? { email: key, firstname: "Person", lastname: key }
            : { name: `Company ${key}`, domain: key };
        const id = world.create(types[kind], { ...identity, ...toHubspot(values) });
        if (companyId !== undefined) world.associate("contacts", id, "companies", companyId);
        return id;
      },
      edit: async (kind, id, values) => world.edit(types[kind], id, toHubspot(values)),
      remove: async (kind, id) => world.archive(types[kind], id),
      standing: (kind) =>
        world.standing(types[kind]).flatMap((id) => {
          const record = world.read(types[kind], id);
          if (record === undefined) return [];
          const { properties } = record;
          const [companyId] = kind === "contact" ? world.associated("contacts", id, "companies") : [];
          return [
            {
              id,
              key: properties[kind === "contact" ? "email" : "domain"] ?? "",
              values: texts({
                title: properties["jobtitle"],
                ...Object.fromEntries(OWN_FIELDS.map((name) => [name, properties[`own_${name}`]])),
              }),
              ...(companyId === undefined ? {} : { companyId }),
            },
          ];
        }),
      writes: () => world.writes.length,
      breaches: () => sandbox.rateBreaches,
    },
  };
}

/** @param {unknown} url */
const hostOf = (url) => (typeof url === "string" && URL.canParse(url) ? new URL(url).hostname : "");

/**
 * What is not empty.
 *
 * @param {Readonly<Record<string, unknown>>} values
 * @returns {Values}
 */
function texts(values) {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === "string" && value !== "" ? [[name, value]] : [],
    ),
  );
}

/**
 * @typedef {object} AdapterTraits
 * @property {import("@salesagent/ports").Clock} [clock]
 * @property {number} [indexLagMs] How long Close's search may be behind. 1_000 unless told.
 * @property {typeof globalThis.fetch} [fetch]
 * @property {number} [totalMs] The longest that a call may last. 1_000 unless told.
 * @property {import("@salesagent/core/http").RateBudget} [rateBudget]
 * @property {import("@salesagent/core/http").TokenSource} [oauth]
 * @property {number} [pageSize] Of Close. 50 unless told.
 * @property {number} [maxWaitMs] The longest wait for leave to call. 300 unless told.
 */

/**
 * An adapter whose calls are short, as leases of a few seconds want it.
 *
 * @param {Vendor} vendor
 * @param {string} url
 * @param {AdapterTraits} [traits]
 * @returns {import("@salesagent/ports").CRMProvider}
 */
export function openAdapter(vendor, url, traits = {}) {
  const { indexLagMs = 1_000, totalMs = 1_000, oauth, maxWaitMs = 300 } = traits;
  const { fetch, clock } = traits;
  const means = { ...(fetch === undefined ? {} : { fetch }), ...(clock === undefined ? {} : { clock }) };
  const http = {
    // Nothing but what the CRM refuses holds calls back.
    rateBudget:
      traits.rateBudget ??
      createRateBudget({ name: vendor, ...(traits.clock === undefined ? {} : { clock: traits.clock }) }),
    retry: { retries: 2, baseMs: 20, capMs: 100, maxWaitMs, maxElapsedMs: Math.max(800, maxWaitMs) },
    limits: { headersMs: totalMs, totalMs },
    breaker: /** @type {const} */ (false),
  };
  if (vendor === "close") {
    const mapping = Object.fromEntries(
      OWN_FIELDS.map((name) => [name, { field: closeField(name), type: /** @type {const} */ ("text") }]),
    );
    return close(oauth === undefined ? { apiKey: "api_sandbox" } : { oauth }, {
      ...http,
      baseUrl: `${url}/api/v1`,
      mapping: { contact: mapping, company: mapping },
      indexLagMs,
      eventOverlapMs: 5_000,
      pageSize: traits.pageSize ?? 50,
      ...means,
    });
  }
  const mapping = Object.fromEntries(
    OWN_FIELDS.map((name) => [name, { property: `own_${name}`, type: /** @type {const} */ ("text") }]),
  );
  return hubspot(oauth === undefined ? { token: "pat-sandbox" } : { oauth }, {
    baseUrl: url,
    mapping: { contact: mapping, company: mapping },
    http,
    ...means,
  });
}
