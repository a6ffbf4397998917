import { sampleUsage } from "./sample-records.js";
import type { StorageSuite } from "./storage-suite.js";

/** Sums of use. */
export function usageStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("usage-store/1", () => {
    it("sums by day, agent, provider and model", async () => {
      await using storage = await open();
      const { usage } = storage.tenant("acme");
      await usage.addMany([sampleUsage(), sampleUsage({ modelId: "other" })]);
      await usage.addMany([sampleUsage({ failedCalls: 1, unpricedCalls: 1 })]);
      expect(await usage.list()).toEqual([
        sampleUsage({
          calls: 2,
          failedCalls: 1,
          inputTokens: 200,
          cachedInputTokens: 80,
          outputTokens: 40,
          reasoningTokens: 10,
          costNanoUsd: 246_914,
          unpricedCalls: 1,
        }),
        sampleUsage({ modelId: "other" }),
      ]);
    });

    it("sums rows of one batch that belong together", async () => {
      await using storage = await open();
      const { usage } = storage.tenant("acme");
      await usage.addMany([sampleUsage({ calls: 2 }), sampleUsage({ calls: 3 })]);
      expect((await usage.list()).map((row) => row.calls)).toEqual([5]);
    });

    it("counts every addition when calls overlap in time", async () => {
      await using storage = await open();
      const { usage } = storage.tenant("acme");
      const models = ["a", "b", "c"];
      const rows = models.map((modelId) => sampleUsage({ modelId }));
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => usage.addMany(index % 2 === 0 ? rows : [...rows].reverse())),
      );
      expect((await usage.list()).map((row) => row.calls)).toEqual([20, 20, 20]);
    });

    it("sums costs exactly, however large", async () => {
      await using storage = await open();
      const { usage } = storage.tenant("acme");
      await usage.addMany([sampleUsage({ costNanoUsd: 4_000_000_000_000_001 })]);
      await usage.addMany([sampleUsage({ costNanoUsd: 5_000_000_000_000_002 })]);
      expect((await usage.list()).map((row) => row.costNanoUsd)).toEqual([9_000_000_000_000_003]);
    });

    it("lists days of a range, both ends included, in order", async () => {
      await using storage = await open();
      const { usage } = storage.tenant("acme");
      const days = ["2026-05-03", "2026-04-30", "2026-05-01", "2026-05-02"];
      await usage.addMany(days.map((day) => sampleUsage({ day })));
      await usage.addMany([
        sampleUsage({ day: "2026-05-01", agent: "Zoe" }),
        sampleUsage({ day: "2026-05-01", agent: "a" }),
      ]);
      const listed = await usage.list({ from: "2026-05-01", until: "2026-05-02" });
      expect(listed.map((row) => `${row.day} ${row.agent}`)).toEqual([
        "2026-05-01 Zoe",
        "2026-05-01 a",
        "2026-05-01 qualification",
        "2026-05-02 qualification",
      ]);
      expect((await usage.list({ from: "2026-05-03" })).length).toBe(1);
      expect((await usage.list({ until: "2026-04-30" })).length).toBe(1);
    });

    it("refuses what can't be summed, and adds nothing of its batch", async () => {
      await using storage = await open();
      const { usage } = storage.tenant("acme");
      await expect(
        usage.addMany([sampleUsage(), sampleUsage({ modelId: "other", inputTokens: 0.5 })]),
      ).rejects.toMatchObject({
        code: "store.invalid",
        facts: { field: "rows[1].inputTokens" },
      });
      await expect(usage.addMany([sampleUsage({ day: "2026-02-31" })])).rejects.toMatchObject({
        code: "store.invalid",
        facts: { field: "rows[0].day" },
      });
      expect(await usage.list()).toEqual([]);
    });
  });
}
