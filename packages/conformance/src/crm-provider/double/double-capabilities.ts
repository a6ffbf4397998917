import type { CrmCapabilities, CrmKind, CrmKindSupport } from "@salesagent/ports";
import type { CrmDoubleOptions } from "./crm-double-options.js";

export const CRM_KINDS = ["contact", "company", "deal", "activity"] as const satisfies readonly CrmKind[];

const BASE = {
  create: true,
  update: true,
  remove: true,
  list: true,
  changes: true,
  removals: true,
  lookup: [],
  maxBatch: 10,
} satisfies Partial<CrmKindSupport>;

const USUAL: { readonly [Kind in CrmKind]: CrmKindSupport } = {
  contact: {
    ...BASE,
    lookup: [
      { by: "email", consistency: "strong" },
      { by: "phone", consistency: "index", lagMs: 10_000 },
    ],
    fields: [
      ...["firstName", "lastName", "fullName", "email", "phone", "title", "seniority", "department"],
      ...["linkedinUrl", "country", "timeZone", "otherEmails", "otherPhones", "ownerId", "optedOut"],
    ],
    links: ["company"],
  },
  company: {
    ...BASE,
    lookup: [{ by: "domain", consistency: "strong" }],
    fields: [
      ...[
        "name",
        "domain",
        "website",
        "linkedinUrl",
        "industry",
        "description",
        "keywords",
        "country",
        "region",
      ],
      ...["city", "address", "employees", "foundedYear", "revenueUsd", "technologies", "phone", "ownerId"],
    ],
  },
  deal: {
    ...BASE,
    fields: [
      ...["name", "amountMinor", "currency", "pipelineId", "stageId", "status", "probability", "closeDate"],
      "ownerId",
    ],
    links: ["company", "contact"],
  },
  activity: {
    ...BASE,
    fields: ["type", "subject", "body", "at", "dueAt", "done", "direction", "ownerId"],
    links: ["contact", "company", "deal"],
  },
};

/** What a double says of itself. */
export function doubleCapabilities({ kinds = {}, webhooks = "signed" }: CrmDoubleOptions): CrmCapabilities {
  const supported = CRM_KINDS.flatMap((kind) => {
    const change = kinds[kind];
    return change === false ? [] : [[kind, { ...USUAL[kind], ...change }] as const];
  });
  return { kinds: Object.fromEntries(supported), webhooks };
}
