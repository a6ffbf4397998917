import type { CrmDoubleOptions } from "@salesagent/conformance";
import type { ConvergenceTraits } from "./convergence-world.js";

const CUSTOM = { customFields: { contact: ["mark", "tier"], company: ["mark"], deal: ["mark"] } } as const;
const KEYLESS = {
  contact: { lookup: [] },
  company: { lookup: [] },
} as const satisfies CrmDoubleOptions["kinds"];
const LAGGING = {
  contact: { lookup: [{ by: "email", consistency: "index", lagMs: 30_000 }] },
  company: { lookup: [{ by: "domain", consistency: "index", lagMs: 30_000 }] },
} as const satisfies CrmDoubleOptions["kinds"];

/** Kinds of CRMs, each with what real ones do. */
export const CONVERGENCE_TRAITS: readonly ConvergenceTraits[] = [
  { name: "plain", double: { ...CUSTOM }, lost: 0, crashes: 0, races: 0, skewMs: 0 },
  {
    ...{ name: "crashes and lost answers", lost: 0.1, crashes: 0.004, races: 0.03, skewMs: 30_000 },
    double: { ...CUSTOM, unique: { contact: ["email"] } },
  },
  {
    ...{ name: "rewrites, bumps its stamps", lost: 0.05, crashes: 0.002, races: 0.03, skewMs: -45_000 },
    double: { ...CUSTOM, rewrites: ["phone", "case", "trim"], stamps: { bumpAfterMs: 15_000 } },
  },
  {
    ...{
      name: "merges into a third record, feed in disorder",
      lost: 0.05,
      crashes: 0.002,
      races: 0.03,
      skewMs: 0,
    },
    double: {
      ...{ ...CUSTOM, merge: "third-record", pageSize: 7 },
      feed: { lagMs: 20_000, repeats: 0.3, disorder: true },
    },
  },
  {
    ...{ name: "ids of merged records lead nowhere", lost: 0.05, crashes: 0.002, races: 0.03, skewMs: 0 },
    double: { ...CUSTOM, mergedIds: "gone", kinds: LAGGING },
  },
  {
    ...{ name: "index lags, stamps tie", lost: 0.15, crashes: 0.003, races: 0.03, skewMs: 10_000 },
    double: { ...CUSTOM, kinds: LAGGING, stamps: { digits: 0, granularityMs: 60_000 }, pageSize: 3 },
  },
  {
    ...{ name: "nothing can be looked up", lost: 0.1, crashes: 0.003, races: 0.03, skewMs: 0 },
    double: { ...CUSTOM, kinds: KEYLESS },
  },
];
