import type { SyncRun } from "@salesagent/ports";
import { at } from "./sample-records.js";
import { sampleSyncEntry, sampleSyncRun } from "./sample-sync.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const ended: Required<SyncRun> = {
  ...{ id: "run 🐟", connection: "hubspot", kinds: ["deal"], trigger: "webhook", direction: "to-app" },
  ...{ status: "failed", counts: { pulled: 3, "left out": 0.5 } },
  ...{ error: { code: "crm.unauthorized", message: "no" }, startedAt: at(1), finishedAt: at(2) },
};

/** The history of syncs. */
export function syncRunStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("sync-run-store/1", () => {
    it("gives back a run as it was put last", async () => {
      await using storage = await open();
      const { syncRuns } = storage.tenant("acme");
      await syncRuns.put(ended);
      await syncRuns.put(sampleSyncRun("2"));
      expect(await syncRuns.get(ended.id)).toEqual(ended);
      await syncRuns.put({ ...sampleSyncRun(ended.id), status: "stopped" });
      expect(await syncRuns.get(ended.id)).toEqual({ ...sampleSyncRun(ended.id), status: "stopped" });
      expect(await syncRuns.get("2")).toEqual(sampleSyncRun("2"));
      expect(await syncRuns.get("3")).toBe(undefined);
    });

    it("lists runs by filter, latest start first, page by page", async () => {
      await using storage = await open();
      const { syncRuns } = storage.tenant("acme");
      await syncRuns.put(sampleSyncRun("1", { startedAt: at(5) }));
      await syncRuns.put(sampleSyncRun("2", { startedAt: at(9), status: "completed" }));
      await syncRuns.put(sampleSyncRun("3", { startedAt: at(7), connection: "hubspot" }));
      await syncRuns.put(sampleSyncRun("4", { startedAt: at(1) }));
      await syncRuns.put(sampleSyncRun("1", { startedAt: at(8) }));
      const list = async (filter: Parameters<typeof syncRuns.list>[0]) =>
        (await readAll((page) => syncRuns.list(filter, page), 2)).map(({ id }) => id);
      expect(await list({})).toEqual(["2", "1", "3", "4"]);
      expect(await list({ connection: "close" })).toEqual(["2", "1", "4"]);
      expect(await list({ connection: "close", status: "running" })).toEqual(["1", "4"]);
      expect(await list({ status: "failed" })).toEqual([]);
    });

    it("adds entries, passes over those that are there, and lists them latest first", async () => {
      await using storage = await open();
      const { syncRuns } = storage.tenant("acme");
      const first = sampleSyncEntry("1", { at: at(3), runId: "run-1", detail: { fields: ["title"] } });
      await syncRuns.log([first, sampleSyncEntry("2", { at: at(5) })]);
      await syncRuns.log([
        sampleSyncEntry("2", { action: "changed" }),
        sampleSyncEntry("3", { at: at(4), recordIds: [], crmIds: ["a", "b"] }),
        sampleSyncEntry("3", { action: "twice" }),
      ]);
      await syncRuns.log([]);
      const items = await readAll((page) => syncRuns.entries({}, page), 2);
      expect(items).toEqual([
        sampleSyncEntry("2", { at: at(5) }),
        sampleSyncEntry("3", { at: at(4), recordIds: [], crmIds: ["a", "b"] }),
        first,
      ]);
    });

    it("lists entries by each part of a filter, and by all at once", async () => {
      await using storage = await open();
      const { syncRuns } = storage.tenant("acme");
      const all = { connection: "hubspot", runId: "run", kind: "deal" as const, action: "removed" };
      await syncRuns.log([
        sampleSyncEntry("1", { ...all, recordIds: ["x", "y"] }),
        sampleSyncEntry("2", { connection: "hubspot" }),
        sampleSyncEntry("3", { runId: "run" }),
        sampleSyncEntry("4", { kind: "deal" }),
        sampleSyncEntry("5", { recordIds: ["y"] }),
        sampleSyncEntry("6", { action: "removed" }),
        sampleSyncEntry("7", { crmIds: ["y"] }),
      ]);
      const list = async (filter: Parameters<typeof syncRuns.entries>[0]) =>
        (await syncRuns.entries(filter)).items.map(({ id }) => id).sort();
      expect(await list({ connection: "hubspot" })).toEqual(["1", "2"]);
      expect(await list({ runId: "run" })).toEqual(["1", "3"]);
      expect(await list({ kind: "deal" })).toEqual(["1", "4"]);
      expect(await list({ recordId: "y" })).toEqual(["1", "5"]);
      expect(await list({ action: "removed" })).toEqual(["1", "6"]);
      expect(await list({ ...all, recordId: "x" })).toEqual(["1"]);
    });

    it("refuses what is not a run or an entry, naming the field", async () => {
      await using storage = await open();
      const { syncRuns } = storage.tenant("acme");
      const runs: readonly (readonly [field: string, changes: object])[] = [
        ["id", { id: "" }],
        ["connection", { connection: "" }],
        ["kinds[1]", { kinds: ["deal", "activity"] }],
        ["trigger", { trigger: "" }],
        ["direction", { direction: "up" }],
        ["status", { status: "done" }],
        ["counts.pulled", { counts: { pulled: "3" } }],
        ["error.message", { error: { code: "x" } }],
        ["startedAt", { startedAt: "soon" }],
        ["finishedAt", { finishedAt: "2026-05-01" }],
      ];
      for (const [field, changes] of runs) {
        await expect(syncRuns.put({ ...ended, ...changes })).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { store: "syncRuns", field: `run.${field}` } },
        });
      }
      const entries: readonly (readonly [field: string, changes: object])[] = [
        ["id", { id: "x".repeat(401) }],
        ["connection", { connection: "" }],
        ["runId", { runId: "" }],
        ["kind", { kind: "activity" }],
        ["action", { action: "" }],
        ["recordIds[0]", { recordIds: [""] }],
        ["crmIds", { crmIds: "1" }],
        ["detail", { detail: [] }],
        ["at", { at: "soon" }],
      ];
      for (const [field, changes] of entries) {
        const pending = syncRuns.log([sampleSyncEntry("1"), { ...sampleSyncEntry("2"), ...changes }]);
        const facts = { store: "syncRuns", field: `entries[1].${field}` };
        await expect(pending).rejects.toMatchObject({ code: "store.invalid", facts });
      }
      expect([(await syncRuns.list()).items, (await syncRuns.entries()).items]).toEqual([[], []]);
    });
  });
}
