import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { storageConformance } from "./storage-conformance.js";
import { streamConformance } from "./stream-conformance.js";
import { syncConformance } from "./sync-conformance.js";
import { budgetSabotages } from "./testing/budget-sabotages.js";
import { collectCases, findFailures } from "./testing/collect-cases.js";
import { erasureSabotages } from "./testing/erasure-sabotages.js";
import { erasureWorkSabotages } from "./testing/erasure-work-sabotages.js";
import { findSabotages } from "./testing/find-sabotages.js";
import { knowledgeSabotages } from "./testing/knowledge-sabotages.js";
import { leadSabotages } from "./testing/lead-sabotages.js";
import { recordSabotages } from "./testing/record-sabotages.js";
import { retentionSabotages } from "./testing/retention-sabotages.js";
import { sharedSabotages } from "./testing/shared-sabotages.js";
import { storageSabotages } from "./testing/storage-sabotages.js";
import { vectorSabotages } from "./testing/vector-sabotages.js";
import { workflowSabotages } from "./testing/workflow-sabotages.js";

const sabotages = {
  ...leadSabotages,
  ...findSabotages,
  ...recordSabotages,
  ...storageSabotages,
  ...budgetSabotages,
  ...sharedSabotages,
  ...vectorSabotages,
  ...knowledgeSabotages,
  ...workflowSabotages,
  ...erasureSabotages,
  ...erasureWorkSabotages,
  ...retentionSabotages,
};

/** Cases that have sabotages of their own; running them for each of these here would take minutes. */
const casesOfOthers = new Set(
  collectCases(({ describe, it, expect }) => {
    const suite = { describe, it, expect, open: async () => memoryStorage() };
    describe("storage/1", () => {
      syncConformance(suite);
      streamConformance({ ...suite, reopen: undefined, notices: true, patienceMs: 0 });
    });
  }).map(({ name }) => name),
);

describe("the storage suite", () => {
  it("passes a sound storage", async () => {
    const cases = collectCases((runner) => storageConformance(runner, async () => memoryStorage()));
    expect(cases.length).toBeGreaterThan(480);
    expect(await findFailures(cases)).toEqual([]);
  });

  it("names each of its cases once", () => {
    const names = collectCases((runner) => storageConformance(runner, async () => memoryStorage())).map(
      ({ name }) => name,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(Object.entries(sabotages))(
    "notices a storage that %s, and only that",
    async (_, { create, fails }) => {
      const cases = collectCases((runner) =>
        storageConformance(runner, async () => create(), { reopen: async () => memoryStorage() }),
      ).filter(({ name }) => !casesOfOthers.has(name));
      expect(await findFailures(cases)).toEqual(fails);
    },
  );
});
