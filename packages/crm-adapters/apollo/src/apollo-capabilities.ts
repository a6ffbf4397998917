import type { CrmCapabilities, CrmKindSupport } from "@salesagent/ports";
import type { CrmSettings } from "./apollo-options.js";
import { LOOKED_UP_BY } from "./contact-lookup.js";
import { WRITABLE } from "./to-record.js";

/** Apollo does not say how far its searches lag behind; this is what is waited before nothing found means nothing there. */
const INDEX_LAG_MS = 60_000;

const TOLD = {
  contact: [
    ...["firstName", "lastName", "fullName", "email", "otherEmails", "phone", "otherPhones", "title"],
    ...["linkedinUrl", "ownerId", "optedOut"],
  ],
  company: ["name", "domain", "phone", "address", "linkedinUrl", "ownerId"],
  deal: ["name", "amountMinor", "currency", "stageId", "closeDate", "ownerId"],
} as const;

/** What can be done: reading, and writing where the host allows it. Nothing can be removed, and nothing tells what was. */
export function apolloCapabilities({ writes, mapping }: CrmSettings): CrmCapabilities {
  const common = { create: writes, update: writes, remove: false, list: true, removals: false };
  const index = { consistency: "index", lagMs: INDEX_LAG_MS } as const;
  const fieldsOf = (
    kind: keyof typeof TOLD,
  ): Pick<CrmKindSupport, "fields" | "customFields" | "readOnlyFields"> => ({
    fields: TOLD[kind],
    customFields: Object.keys(mapping[kind] ?? {}),
    readOnlyFields: TOLD[kind].filter((name) => !(name in WRITABLE[kind])),
  });
  return {
    kinds: {
      contact: {
        ...common,
        ...fieldsOf("contact"),
        changes: true,
        lookup: LOOKED_UP_BY.contact.map((by) => ({ by, ...index })),
        maxBatch: writes ? 100 : 1,
        links: ["company"],
      },
      company: {
        ...common,
        ...fieldsOf("company"),
        changes: false,
        lookup: LOOKED_UP_BY.company.map((by) => ({ by, ...index })),
        maxBatch: 1,
      },
      deal: { ...common, ...fieldsOf("deal"), changes: false, lookup: [], maxBatch: 1, links: ["company"] },
    },
    webhooks: "none",
  };
}
