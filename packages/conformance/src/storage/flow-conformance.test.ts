import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { flowConformance } from "./flow-conformance.js";
import type { FlowStorage } from "./flow-suite.js";
import { approvalSabotages } from "./testing/approval-sabotages.js";
import { collectCases, findFailures } from "./testing/collect-cases.js";
import { effectSabotages } from "./testing/effect-sabotages.js";
import { flowEventSabotages } from "./testing/flow-event-sabotages.js";
import { flowQueueSabotages } from "./testing/flow-queue-sabotages.js";
import { flowRecordSabotages } from "./testing/flow-record-sabotages.js";
import { flowReopenSabotages } from "./testing/flow-reopen-sabotages.js";
import { flowSabotages } from "./testing/flow-sabotages.js";

const sabotages = {
  ...flowRecordSabotages,
  ...flowSabotages,
  ...flowEventSabotages,
  ...flowQueueSabotages,
  ...effectSabotages,
  ...approvalSabotages,
  ...flowReopenSabotages,
};

const casesOf = (open: () => Promise<FlowStorage>) =>
  collectCases(({ describe, it, expect }) => {
    describe("durable runs", () => flowConformance({ describe, it, expect, open, patienceMs: 20 }));
  });

describe("the suite of durable runs", () => {
  it("passes a sound storage", async () => {
    const cases = casesOf(async () => memoryStorage());
    expect(cases.length).toBeGreaterThan(100);
    expect(await findFailures(cases)).toEqual([]);
  });

  it("names each of its cases once", () => {
    const names = casesOf(async () => memoryStorage()).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(Object.entries(sabotages))(
    "notices a storage that %s, and only that",
    async (_, { create, fails }) => {
      expect(await findFailures(casesOf(async () => create()))).toEqual(fails);
    },
  );
});
