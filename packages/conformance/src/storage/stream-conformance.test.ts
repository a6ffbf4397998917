import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { streamConformance } from "./stream-conformance.js";
import { collectCases, findFailures } from "./testing/collect-cases.js";
import type { Sabotage } from "./testing/sabotage.js";
import { streamSabotages } from "./testing/stream-sabotages.js";
import { streamStorageSabotages } from "./testing/stream-storage-sabotages.js";
import { streamUseSabotages } from "./testing/stream-use-sabotages.js";

const sabotages = { ...streamSabotages, ...streamUseSabotages, ...streamStorageSabotages };

/** Whoever is told nothing is found out by a case that waits: not long, where all happens in this process. */
const PATIENCE_MS = 20;

const casesOf = (create: Sabotage["create"]) =>
  collectCases(({ describe, it, expect }) => {
    const suite = { describe, it, expect, open: async () => create() };
    describe("streams", () =>
      streamConformance({ ...suite, reopen: undefined, notices: true, patienceMs: PATIENCE_MS }));
  });

describe("the suite of what servers stand on", () => {
  it("passes a sound storage", async () => {
    const cases = casesOf(memoryStorage);
    expect(cases.length).toBeGreaterThan(45);
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
