import type { RetentionStore } from "@salesagent/ports";
import { at } from "./sample-records.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";
import {
  sampleConflict,
  sampleLetter,
  sampleRequest,
  sampleSyncEntry,
  sampleSyncRun,
} from "./sample-sync.js";
import type { StorageSuite } from "./storage-suite.js";

async function dropped(retention: RetentionStore, want: Parameters<RetentionStore["prune"]>[0]) {
  return Object.entries(await retention.prune(want)).filter(([, count]) => count !== 0);
}

/** Dropping what need not be kept of syncs. */
export function retentionSyncConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("retention-store/1, syncs", () => {
    it("drops syncs that ended before a time, and what was decided before one, each by its own", async () => {
      await using storage = await open();
      const { syncRuns, retention } = storage.tenant("acme");
      const ended = (id: string, finishedAt: string) =>
        sampleSyncRun(id, { status: "completed", startedAt: LONG_AGO, finishedAt });
      await syncRuns.put(ended("1", at(9)));
      await syncRuns.put(ended("2", at(10)));
      await syncRuns.put(sampleSyncRun("3", { status: "stopped", startedAt: at(8) }));
      await syncRuns.put(sampleSyncRun("4", { startedAt: LONG_AGO }));
      await syncRuns.log([
        sampleSyncEntry("1", { runId: "1", at: at(9) }),
        sampleSyncEntry("2", { runId: "4", at: at(8) }),
        sampleSyncEntry("3", { at: at(10) }),
      ]);
      const ids = async () => [
        (await syncRuns.list()).items.map(({ id }) => id).sort(),
        (await syncRuns.entries()).items.map(({ id }) => id).sort(),
      ];
      expect(await dropped(retention, { syncRuns: LONG_AGO, syncEntries: LONG_AGO })).toEqual([]);
      expect(await dropped(retention, { syncRuns: at(10), limit: 1 })).toEqual([["syncRuns", 1]]);
      expect(await ids()).toEqual([
        ["1", "2", "4"],
        ["1", "2", "3"],
      ]);
      expect(await dropped(retention, { syncRuns: at(10) })).toEqual([["syncRuns", 1]]);
      expect(await dropped(retention, { syncEntries: at(10), limit: 1 })).toEqual([["syncEntries", 1]]);
      expect(await ids()).toEqual([
        ["2", "4"],
        ["1", "3"],
      ]);
      expect(await dropped(retention, { syncEntries: at(10) })).toEqual([["syncEntries", 1]]);
      expect(await dropped(retention, { syncRuns: FAR_AHEAD })).toEqual([["syncRuns", 1]]);
      expect(await ids()).toEqual([["4"], ["3"]]);
    });

    it("drops conflicts that ended before a time, and none that is open", async () => {
      await using storage = await open();
      const { conflicts, retention } = storage.tenant("acme");
      await conflicts.addMany([
        sampleConflict("open", { foundAt: LONG_AGO }),
        sampleConflict("old", { status: "settled", foundAt: LONG_AGO, endedAt: at(9) }),
        sampleConflict("just then", { status: "resolved", foundAt: LONG_AGO, endedAt: at(10) }),
        sampleConflict("undated", { status: "settled", foundAt: at(8) }),
      ]);
      expect(await dropped(retention, { conflicts: LONG_AGO })).toEqual([]);
      expect(await dropped(retention, { conflicts: at(10), limit: 1 })).toEqual([["conflicts", 1]]);
      expect(await conflicts.get("undated")).toBe(undefined);
      expect(await dropped(retention, { conflicts: at(10) })).toEqual([["conflicts", 1]]);
      expect(await dropped(retention, { conflicts: FAR_AHEAD })).toEqual([["conflicts", 1]]);
      expect((await conflicts.list()).items.map(({ id }) => id)).toEqual(["open"]);
      expect(await conflicts.addMany([sampleConflict("old")])).toEqual(["old"]);
    });

    it("drops dead letters that ended before a time, and none that is open", async () => {
      await using storage = await open();
      const { deadLetters, retention } = storage.tenant("acme");
      for (const id of ["open", "replayed", "dropped"]) {
        await deadLetters.add(sampleLetter(id, { operation: id, addedAt: LONG_AGO }));
      }
      await deadLetters.end("replayed", "replayed", "ada");
      await deadLetters.end("dropped", "dropped", "ada");
      const first = (await deadLetters.get("replayed"))?.updatedAt;
      expect(await dropped(retention, { deadLetters: first })).toEqual([]);
      expect(await dropped(retention, { deadLetters: FAR_AHEAD, limit: 1 })).toEqual([["deadLetters", 1]]);
      expect(await dropped(retention, { deadLetters: FAR_AHEAD })).toEqual([["deadLetters", 1]]);
      expect((await deadLetters.list()).items.map(({ id }) => id)).toEqual(["open"]);
      expect((await deadLetters.add(sampleLetter("new", { operation: "open" }))).id).toBe("open");
    });

    it("drops requests that came before a time and are handled or failed, and knows their keys no more", async () => {
      await using storage = await open();
      const { inbox, retention } = storage.tenant("acme");
      for (const [id, second] of [
        ["waits", 0],
        ["handled", 8],
        ["failed", 9],
        ["just then", 10],
      ] as const) {
        await inbox.put(sampleRequest(id, { receivedAt: at(second) }));
      }
      for (const id of ["handled", "just then"]) await inbox.settle(id, { status: "handled" });
      await inbox.settle("failed", { status: "failed", error: { code: "x", message: "y" } });
      expect(await dropped(retention, { inbox: at(8) })).toEqual([]);
      expect(await dropped(retention, { inbox: at(10), limit: 1 })).toEqual([["inbox", 1]]);
      expect(await inbox.put(sampleRequest("again", { key: "key-handled" }))).toBe(true);
      expect(await dropped(retention, { inbox: at(10) })).toEqual([["inbox", 1]]);
      expect(await dropped(retention, { inbox: FAR_AHEAD })).toEqual([["inbox", 1]]);
      expect((await inbox.list()).items.map(({ id }) => id).sort()).toEqual(["again", "waits"]);
    });
  });
}
