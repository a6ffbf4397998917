import { crmProviderConformance } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { apolloSetup, scoreFieldId } from "./testing/apollo-crm-world.js";

const ids = {
  first: { ownerId: "6095a710bd01d100a506d4aa" },
  second: { ownerId: "6095a710bd01d100a506d4ab" },
};
const options = {
  // several pages of ten
  many: 35,
  custom: [{ kind: "contact", name: "score", vendorName: scoreFieldId(), first: 12, second: 34.5 }],
  samples: {
    contact: ids,
    company: ids,
    deal: {
      first: { ...ids.first, stageId: "5c14b81e0f04d3001d000001" },
      second: { ...ids.second, stageId: "5c14b81e0f04d3001d000002" },
    },
  },
} as const;

crmProviderConformance({ describe, it, expect }, () => apolloSetup({ pageSize: 10 }), {
  name: "apollo",
  ...options,
});

crmProviderConformance({ describe, it, expect }, () => apolloSetup({ crm: false, pageSize: 10 }), {
  name: "apollo, only read",
  ...options,
});
