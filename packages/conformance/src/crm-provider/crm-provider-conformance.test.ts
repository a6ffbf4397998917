import { describe, expect, it } from "vitest";
import { crmProviderConformance } from "./crm-provider-conformance.js";
import { createCrmDouble } from "./double/create-crm-double.js";
import { seededRandom } from "./double/seeded-random.js";
import { doubleSuite } from "./testing/double-options.js";

const runner = { describe, it, expect };
const NOTHING = { create: false, update: false, remove: false, list: false, changes: false, removals: false };

crmProviderConformance(runner, () => createCrmDouble({ pageSize: 7 }), { ...doubleSuite, name: "plain" });

crmProviderConformance(
  runner,
  () =>
    createCrmDouble({
      provider: "microseconds",
      pageSize: 7,
      stamps: { digits: 6, ties: false },
      mergedIds: "gone",
      kinds: { contact: { requiredLink: "company", maxBatch: 1 }, deal: false },
      feed: { lagMs: 20_000, repeats: 0.2, disorder: true },
      random: seededRandom(3),
    }),
  { ...doubleSuite, name: "microseconds, a feed that lags, contacts in companies", followsMerges: false },
);

crmProviderConformance(
  runner,
  () =>
    createCrmDouble({
      provider: "third-record",
      pageSize: 7,
      merge: "third-record",
      totals: "too-many",
      stamps: { bumpAfterMs: 15_000, granularityMs: 1_000 },
      unique: { contact: ["email"], company: ["domain"] },
      kinds: { deal: { removals: false }, activity: false },
    }),
  {
    ...doubleSuite,
    name: "third records, stamps that move, duplicates refused, totals too large",
    refusesDuplicates: ["contact", "company"],
  },
);

crmProviderConformance(
  runner,
  () =>
    createCrmDouble({
      webhooks: "none",
      kinds: {
        contact: { ...NOTHING, lookup: [{ by: "email", consistency: "strong" }] },
        company: { ...NOTHING, list: true, lookup: [] },
        ...{ deal: false, activity: false },
      },
    }),
  { ...doubleSuite, name: "read alone" },
);
