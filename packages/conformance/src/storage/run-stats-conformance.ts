import type { RunRecord, RunStats } from "@salesagent/ports";
import { sampleRun } from "./sample-records.js";
import type { StorageSuite } from "./storage-suite.js";

const MAY = { from: "2026-05-01", until: "2026-05-31" };

function onDay(day: number, changes: Partial<RunRecord> = {}): Partial<RunRecord> {
  return { agent: "a", startedAt: new Date(Date.UTC(2026, 4, day, 9)).toISOString(), ...changes };
}

/** Figures of runs. */
export function runStatsConformance({ describe, it, expect, open }: StorageSuite): void {
  const nothing = { completed: 0, failed: 0, cancelled: 0, costNanoUsd: 0, unpricedRuns: 0 };

  describe("run-store/1, figures", () => {
    const cases = async (
      runs: readonly Partial<RunRecord>[],
      range: { readonly from: string; readonly until: string; readonly agent?: string } = MAY,
    ): Promise<readonly RunStats[]> => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await acme.runs.putMany(runs.map((changes, index) => sampleRun(`run-${index}`, changes)));
      await storage.tenant("other").runs.create(sampleRun("run-0", onDay(1, { agent: "theirs" })));
      return await acme.runs.stats(range);
    };

    it("count runs of every status, by day and agent, in their order", async () => {
      const stats = await cases([
        onDay(2, { agent: "b", status: "completed", costUsd: 0 }),
        onDay(2, { status: "failed", costUsd: 0 }),
        onDay(2, { status: "failed", costUsd: 0 }),
        onDay(2, { status: "cancelled", costUsd: 0 }),
        onDay(1, { agent: "b", status: "running" }),
        onDay(2, { agent: "B", status: "pending" }),
        onDay(2, { status: "waiting" }),
      ]);
      expect(stats).toEqual([
        { ...nothing, day: "2026-05-01", agent: "b", runs: 1 },
        { ...nothing, day: "2026-05-02", agent: "B", runs: 1 },
        { ...nothing, day: "2026-05-02", agent: "a", runs: 4, failed: 2, cancelled: 1 },
        { ...nothing, day: "2026-05-02", agent: "b", runs: 1, completed: 1 },
      ]);
    });

    it("take the days from the first to the last, both whole, of UTC", async () => {
      const starts = [
        ...["2026-04-30T23:59:59.999Z", "2026-05-01T00:00:00.000Z", "2026-05-01T23:59:59.999Z"],
        ...["2026-05-02T00:00:00.000Z", "2026-05-02T23:59:59.999Z", "2026-05-03T00:00:00.000Z"],
      ];
      const stats = await cases(
        starts.map((startedAt) => ({ startedAt })),
        { from: "2026-05-01", until: "2026-05-02" },
      );
      expect(stats.map(({ day, runs }) => [day, runs])).toEqual([
        ["2026-05-01", 2],
        ["2026-05-02", 2],
      ]);
    });

    it("are of one agent where that is asked for", async () => {
      const runs = [onDay(1), onDay(1, { agent: "b" }), onDay(2, { agent: "b" })];
      const stats = await cases(runs, { ...MAY, agent: "b" });
      expect(stats.map(({ day, agent }) => [day, agent])).toEqual([
        ["2026-05-01", "b"],
        ["2026-05-02", "b"],
      ]);
      expect(await cases(runs, { ...MAY, agent: "nobody" })).toEqual([]);
    });

    it("interpolate latencies of completed runs, and have none where none is known", async () => {
      const completed = (latencyMs: number) => onDay(1, { status: "completed", costUsd: 0, latencyMs });
      const [first, second, third] = await cases([
        ...[40, 10, 20, 30].map(completed),
        onDay(1, { status: "failed", costUsd: 0, latencyMs: 10_000 }),
        onDay(1, { status: "completed", costUsd: 0 }),
        { ...completed(7.25), agent: "one" },
        { ...onDay(1, { status: "completed", costUsd: 0 }), agent: "two" },
      ]);
      const near = (value: number | undefined) => Math.round((value ?? Number.NaN) * 1e6) / 1e6;
      const { p50, p95, p99 } = first?.latencyMs ?? {};
      expect([p50, p95, p99].map(near)).toEqual([25, 38.5, 39.7]);
      expect([first?.completed, first?.failed]).toEqual([5, 1]);
      expect(second?.latencyMs).toEqual({ p50: 7.25, p95: 7.25, p99: 7.25 });
      expect(third?.agent).toBe("two");
      expect("latencyMs" in (third ?? {})).toBe(false);
    });

    it("sum what is known of costs to the billionth, and count ended runs of which it is not", async () => {
      const [stats] = await cases([
        onDay(1, { status: "completed", costUsd: 0.000_000_001 }),
        onDay(1, { status: "failed", costUsd: 1234.567_890_123 }),
        onDay(1, { status: "running", costUsd: 0.1 }),
        onDay(1, { status: "running" }),
        onDay(1, { status: "completed" }),
        onDay(1, { status: "cancelled" }),
      ]);
      expect([stats?.costNanoUsd, stats?.unpricedRuns]).toEqual([1_234_667_890_124, 2]);
    });

    it("refuse days that are none, and more than 400 of them", async () => {
      await using storage = await open();
      const { runs } = storage.tenant("acme");
      const broken: readonly (readonly [string, string, string])[] = [
        ["range.from", "2026-5-1", "2026-05-01"],
        ["range.until", "2026-05-01", "2026-02-31"],
        ["range.until", "2025-05-01", "2026-06-05"],
      ];
      for (const [field, from, until] of broken) {
        await expect(runs.stats({ from, until })).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { store: "runs", field } },
        });
      }
      expect(await runs.stats({ from: "2025-05-01", until: "2026-06-04" })).toEqual([]);
      expect(await runs.stats({ from: "2026-05-02", until: "2026-05-01" })).toEqual([]);
    });
  });
}
