import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { syncConformance } from "./sync-conformance.js";
import { collectCases, findFailures } from "./testing/collect-cases.js";
import { linkStoreSabotages } from "./testing/link-store-sabotages.js";
import { linkedRecordSabotages } from "./testing/linked-record-sabotages.js";
import { recordStoreSabotages } from "./testing/record-store-sabotages.js";
import type { Sabotage } from "./testing/sabotage.js";
import { syncHistorySabotages } from "./testing/sync-history-sabotages.js";
import { syncStateSabotages } from "./testing/sync-state-sabotages.js";
import { syncStorageSabotages } from "./testing/sync-storage-sabotages.js";

const sabotages = {
  ...recordStoreSabotages,
  ...linkStoreSabotages,
  ...linkedRecordSabotages,
  ...syncHistorySabotages,
  ...syncStateSabotages,
  ...syncStorageSabotages,
};

const casesOf = (create: Sabotage["create"]) =>
  collectCases(({ describe, it, expect }) => {
    describe("syncs", () => syncConformance({ describe, it, expect, open: async () => create() }));
  });

describe("the suite of what syncs stand on", () => {
  it("passes a sound storage", async () => {
    const cases = casesOf(memoryStorage);
    expect(cases.length).toBeGreaterThan(100);
    expect(await findFailures(cases)).toEqual([]);
  });

  it("names each of its cases once", () => {
    const names = casesOf(memoryStorage).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(Object.entries(sabotages))(
    "notices a storage that %s, and only that",
    async (_, { create, fails }) => {
      expect(await findFailures(casesOf(create))).toEqual(fails);
    },
  );
});
