import type { CrmProviderConformanceOptions } from "../crm-bench.js";

const OWNED = { first: { ownerId: "user-1" }, second: { ownerId: "user-2" } };

/** What the suite has to be told of every double. */
export const doubleSuite = {
  many: 22,
  samples: {
    contact: OWNED,
    company: OWNED,
    activity: OWNED,
    deal: {
      first: { ...OWNED.first, pipelineId: "pipeline-1", stageId: "stage-1" },
      second: { ...OWNED.second, pipelineId: "pipeline-2", stageId: "stage-2" },
    },
  },
  custom: [{ kind: "contact", name: "tier", vendorName: "tier", first: "gold", second: "silver" }],
} satisfies CrmProviderConformanceOptions;
