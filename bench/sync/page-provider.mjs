import { createServiceClient } from "../../packages/core/dist/http/index.js";

/** Which of the server's properties are ours; the others are the host's own. */
const FIELDS = {
  email: "email",
  firstname: "firstName",
  lastname: "lastName",
  phone: "phone",
  jobtitle: "title",
  country: "country",
};
export const CUSTOM = [
  ...[
    "company",
    "website",
    "lifecyclestage",
    "status",
    "city",
    "address",
    "zip",
    "revenue",
    "employees",
    "notes",
  ],
  ...["lastcontacted", "owner", "source", "score"],
];

const SUPPORT = {
  ...{ create: true, update: true, remove: true, list: true, changes: false, removals: false, maxBatch: 1 },
  lookup: [{ by: "email", consistency: "strong" }],
  fields: [...Object.values(FIELDS), ...CUSTOM.map((name) => `custom.${name}`)],
};

/** A record as the engine takes it. */
function toRecord({ id, updatedAt, properties }) {
  const fields = {};
  for (const [theirs, ours] of Object.entries(FIELDS))
    if (properties[theirs]) fields[ours] = properties[theirs];
  const custom = {};
  for (const name of CUSTOM) if (properties[name]) custom[name] = properties[name];
  return { kind: "contact", id, updatedAt, fields, custom, links: {} };
}

const unsupported = () => Promise.reject(new Error("the CRM of the benchmark only tells"));

/** A CRM that hands out the pages of `page-server.mjs`. @param {string} url */
export function pageProvider(url) {
  const client = createServiceClient({ service: "pages", baseUrl: url });
  return {
    port: "crm-provider/1",
    provider: "pages",
    capabilities: { kinds: { contact: SUPPORT }, webhooks: "none" },
    async *list(_kind, { cursor } = {}, { signal, priority } = {}) {
      for (let after = cursor === undefined ? 0 : Number(cursor); after !== undefined; ) {
        const body = (await client.get("/contacts", { query: { after }, signal, priority })).body();
        after = body.after;
        const next = after === undefined ? "" : String(after);
        yield {
          records: body.results.map(toRecord),
          cursor: next,
          complete: after === undefined,
          total: body.total,
        };
      }
    },
    async *changes() {},
    get: unsupported,
    getMany: unsupported,
    lookup: unsupported,
    create: unsupported,
    update: unsupported,
    remove: unsupported,
    writeMany: unsupported,
    verifyWebhook: unsupported,
    schema: async () => [],
    health: async () => [],
  };
}
