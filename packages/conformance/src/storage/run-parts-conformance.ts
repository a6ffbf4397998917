import type { TenantStores } from "@salesagent/ports";
import { sampleModelCall, sampleRun } from "./sample-records.js";
import type { StorageSuite } from "./storage-suite.js";

/** What the parts of runs cost. */
export function runPartsConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("run-store/1, costs of parts", () => {
    const put = ({ runs }: TenantStores, costs: Readonly<Record<string, readonly (number | undefined)[]>>) =>
      runs.putMany(
        Object.entries(costs).flatMap(([parentRunId, parts]) =>
          parts.map((costUsd, index) =>
            sampleRun(`${parentRunId}.${index}`, { parentRunId, ...(costUsd !== undefined && { costUsd }) }),
          ),
        ),
      );

    it("are the sums of direct parts, exactly, in the order asked for", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await put(acme, { one: [0.1, 0.2], two: [0], "one.0": [5], alone: [] });
      expect(await acme.runs.costsOfParts(["two", "nobody", "alone", "one"])).toEqual([
        { parentRunId: "two", parts: 1, costUsd: 0 },
        { parentRunId: "one", parts: 2, costUsd: 0.3 },
      ]);
      expect(await acme.runs.costsOfParts([])).toEqual([]);
    });

    it("are those of the model calls where a part has none of its own, and unknown where a price is", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await put(acme, { told: [undefined, 1], unpriced: [undefined, 1], free: [undefined], summed: [2] });
      await acme.modelCalls.addMany([
        sampleModelCall("1", { runId: "told.0", costUsd: 0.25 }),
        sampleModelCall("2", { runId: "told.0", costUsd: 0.5 }),
        sampleModelCall("3", { runId: "unpriced.0", costUsd: 0.25 }),
        sampleModelCall("4", { runId: "unpriced.0" }),
        sampleModelCall("5", { runId: "summed.0", costUsd: 9 }),
      ]);
      expect(await acme.runs.costsOfParts(["told", "unpriced", "free", "summed"])).toEqual([
        { parentRunId: "told", parts: 2, costUsd: 1.75 },
        { parentRunId: "unpriced", parts: 2 },
        { parentRunId: "free", parts: 1, costUsd: 0 },
        { parentRunId: "summed", parts: 1, costUsd: 2 },
      ]);
    });

    it("leave out the parts and model calls of other tenants", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme"), storage.tenant("other")];
      await put(acme, { one: [undefined] });
      await put(other, { one: [5, 5] });
      await other.modelCalls.addMany([sampleModelCall("1", { runId: "one.0", costUsd: 7 })]);
      expect(await acme.runs.costsOfParts(["one"])).toEqual([{ parentRunId: "one", parts: 1, costUsd: 0 }]);
    });
  });
}
