import type { StepRecord } from "@salesagent/ports";
import { at, sampleStep } from "./sample-records.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const fullStep: Required<StepRecord> = {
  runId: "run-1",
  index: 0,
  kind: "tool",
  name: "lookup",
  status: "failed",
  input: { domain: "fjord.example" },
  output: null,
  error: { code: "tool.timed_out", message: "lookup took longer than 5,000 ms" },
  startedAt: at(3),
  latencyMs: 5000.125,
};

/** Steps of runs. */
export function stepStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("step-store/1", () => {
    it("gives back a step as it was stored, and leaves absent what it left out", async () => {
      await using storage = await open();
      const { steps } = storage.tenant("acme");
      await steps.putMany([fullStep, sampleStep("run-1", 1)]);
      const { items } = await steps.list("run-1");
      expect(items).toEqual([fullStep, sampleStep("run-1", 1)]);
      expect(Object.keys(items[1] ?? {}).sort()).toEqual(Object.keys(sampleStep("run-1", 1)).sort());
    });

    it("takes an empty batch", async () => {
      await using storage = await open();
      const { steps } = storage.tenant("acme");
      await steps.putMany([]);
      expect((await steps.list("run-1")).items).toEqual([]);
    });

    it("lists the steps of one run by index, page by page", async () => {
      await using storage = await open();
      const { steps } = storage.tenant("acme");
      await steps.putMany([3, 0, 10].map((index) => sampleStep("run-1", index)));
      await steps.putMany([sampleStep("run-2", 1), sampleStep("run-1", 2)]);
      const listed = await readAll((page) => steps.list("run-1", page), 2);
      expect(listed.map((step) => step.index)).toEqual([0, 2, 3, 10]);
    });

    it("replaces a step of the same run and index whole; in one batch, the last one counts", async () => {
      await using storage = await open();
      const { steps } = storage.tenant("acme");
      await steps.putMany([fullStep]);
      await steps.putMany([
        sampleStep("run-1", 0, { name: "second" }),
        sampleStep("run-1", 0, { name: "third" }),
      ]);
      expect((await steps.list("run-1")).items).toEqual([sampleStep("run-1", 0, { name: "third" })]);
    });
  });
}
