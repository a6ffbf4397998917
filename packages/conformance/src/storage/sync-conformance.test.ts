import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { syncConformance } from "./sync-conformance.js";
import { collectCases, findFailures } from "./testing/collect-cases.js";
import type { Sabotage } from "./testing/sabotage.js";

const casesOf = (create: Sabotage["create"]) =>
  collectCases(({ describe, it, expect }) => {
    describe("syncs", () => syncConformance({ describe, it, expect, open: async () => create() }));
  });

describe("the suite of what syncs stand on", () => {
  it("passes a sound storage", async () => {
    const cases = casesOf(memoryStorage);
    expect(cases.length).toBeGreaterThan(90);
    expect(await findFailures(cases)).toEqual([]);
  });
});
