import type { ResultRecord } from "@salesagent/ports";
import { at, sampleResult } from "./sample-records.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const fullResult: Required<ResultRecord> = {
  id: "result-full",
  kind: "enrichment",
  leadId: "lead-1",
  runId: "run-1",
  score: 99.5,
  tier: "A",
  data: { reasons: ["Fjørd 🐟"], nothing: null, deep: { list: [[], {}] } },
  createdAt: at(5),
};

/** What agents found out about leads. */
export function resultStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("result-store/1", () => {
    it("gives back a result as it was stored, and leaves absent what it left out", async () => {
      await using storage = await open();
      const { results } = storage.tenant("acme");
      await results.addMany([sampleResult("result-1"), fullResult]);
      const { items } = await results.list();
      expect(items).toEqual([fullResult, sampleResult("result-1")]);
      expect(Object.keys(items[1] ?? {}).sort()).toEqual(Object.keys(sampleResult("result-1")).sort());
    });

    it("passes over a result whose id is stored already", async () => {
      await using storage = await open();
      const { results } = storage.tenant("acme");
      await results.addMany([sampleResult("result-1", { score: 1 })]);
      await results.addMany([sampleResult("result-1", { score: 2 })]);
      expect((await results.list()).items.map((result) => result.score)).toEqual([1]);
    });

    it("tells the latest result of a lead and kind; of equal times, the one stored last", async () => {
      await using storage = await open();
      const { results } = storage.tenant("acme");
      await results.addMany([
        sampleResult("late", { createdAt: at(9) }),
        sampleResult("later", { createdAt: at(9) }),
        sampleResult("early", { createdAt: at(1) }),
        sampleResult("enriched", { createdAt: at(20), kind: "enrichment" }),
        sampleResult("another lead's", { createdAt: at(30), leadId: "lead-2" }),
      ]);
      expect((await results.latest("lead-1", "qualification"))?.id).toBe("later");
      expect((await results.latest("lead-1", "enrichment"))?.id).toBe("enriched");
      expect(await results.latest("lead-2", "enrichment")).toBe(undefined);
    });

    it("lists the latest first, page by page, by kind and lead", async () => {
      await using storage = await open();
      const { results } = storage.tenant("acme");
      await results.addMany([
        sampleResult("1", { createdAt: at(1) }),
        sampleResult("3", { createdAt: at(3) }),
        sampleResult("2", { createdAt: at(2), leadId: "lead-2" }),
        sampleResult("4", { createdAt: at(4), kind: "enrichment" }),
      ]);
      const idsOf = async (filter: Parameters<typeof results.list>[0]) =>
        (await readAll((page) => results.list(filter, page), 1)).map((result) => result.id);
      expect(await idsOf({})).toEqual(["4", "3", "2", "1"]);
      expect(await idsOf({ kind: "qualification" })).toEqual(["3", "2", "1"]);
      expect(await idsOf({ leadId: "lead-1" })).toEqual(["4", "3", "1"]);
      expect(await idsOf({ leadId: "lead-1", kind: "qualification" })).toEqual(["3", "1"]);
    });
  });
}
