import type { ConflictRecord } from "@salesagent/ports";
import { atOnce } from "./flow-suite.js";
import { at } from "./sample-records.js";
import { sampleConflict } from "./sample-sync.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const whole: Required<ConflictRecord> = {
  ...{ id: "conflict 🐟", connection: "hubspot", kind: "deal", recordId: "7", crmId: "700" },
  ...{ field: "amountMinor", policy: "crm", base: null, app: [1, { a: null }], crm: 2, status: "settled" },
  ...{ taken: "crm", value: { x: 0 }, foundAt: at(1), endedAt: at(2), endedBy: "policy" },
};

/** What both sides changed. */
export function conflictStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("conflict-store/1", () => {
    it("adds those that are not there yet, and gives them back as they were", async () => {
      await using storage = await open();
      const { conflicts } = storage.tenant("acme");
      expect(await conflicts.addMany([whole, sampleConflict("2")])).toEqual([whole.id, "2"]);
      const again = [
        sampleConflict("3"),
        sampleConflict("2", { app: "other" }),
        sampleConflict("1"),
        sampleConflict("3", { app: "twice" }),
      ];
      expect(await conflicts.addMany(again)).toEqual(["3", "1"]);
      expect(await conflicts.addMany([])).toEqual([]);
      expect(await conflicts.get(whole.id)).toEqual(whole);
      expect(await conflicts.get("2")).toEqual(sampleConflict("2"));
      expect(await conflicts.get("3")).toEqual(sampleConflict("3"));
      expect(await conflicts.get("4")).toBe(undefined);
    });

    it("adds a conflict once when many find it at once", async () => {
      await using storage = await open();
      const { conflicts } = storage.tenant("acme");
      const added = await atOnce(8, (index) => conflicts.addMany([sampleConflict("1", { app: index })]));
      expect(added.filter((ids) => ids.length === 1).length).toBe(1);
      expect((await conflicts.get("1"))?.app).toBe(added.findIndex((ids) => ids.length === 1));
    });

    it("ends open conflicts, and tells which this call ended", async () => {
      await using storage = await open();
      const { conflicts } = storage.tenant("acme");
      await conflicts.addMany([whole, sampleConflict("1"), sampleConflict("2"), sampleConflict("3")]);
      const ended = await conflicts.endMany([
        { id: "2", status: "resolved", taken: "value", value: "CFO", by: "ada" },
        { id: "1", status: "gone" },
        { id: "none", status: "gone" },
        { id: whole.id, status: "resolved", taken: "app", by: "ada" },
      ]);
      expect(ended).toEqual(["2", "1"]);
      const one = await conflicts.get("2");
      const end = { status: "resolved", taken: "value", value: "CFO", endedBy: "ada", endedAt: one?.endedAt };
      expect(one).toEqual({ ...sampleConflict("2"), ...end });
      expect(one?.endedAt).toMatch(/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/);
      expect(Object.keys((await conflicts.get("1")) ?? {})).not.toContain("endedBy");
      expect((await conflicts.get("1"))?.status).toBe("gone");
      expect(await conflicts.get(whole.id)).toEqual(whole);
      expect(await conflicts.get("3")).toEqual(sampleConflict("3"));
    });

    it("keeps the end of who ends one first", async () => {
      await using storage = await open();
      const { conflicts } = storage.tenant("acme");
      await conflicts.addMany([sampleConflict("1")]);
      const ended = await atOnce(8, (index) =>
        conflicts.endMany([{ id: "1", status: "resolved", taken: "app", by: `user-${index}` }]),
      );
      const winner = ended.findIndex((ids) => ids.length === 1);
      expect(ended.filter((ids) => ids.length === 1).length).toBe(1);
      expect((await conflicts.get("1"))?.endedBy).toBe(`user-${winner}`);
      expect(await conflicts.endMany([{ id: "1", status: "gone" }])).toEqual([]);
      expect((await conflicts.get("1"))?.status).toBe("resolved");
    });

    it("lists and counts by each part of a filter, latest first, page by page", async () => {
      await using storage = await open();
      const { conflicts } = storage.tenant("acme");
      await conflicts.addMany([
        sampleConflict("1", { foundAt: at(5) }),
        sampleConflict("2", { foundAt: at(9), connection: "hubspot" }),
        sampleConflict("3", { foundAt: at(7), kind: "deal" }),
        sampleConflict("4", { foundAt: at(1), recordId: "4" }),
        sampleConflict("5", { foundAt: at(8), field: "$record" }),
        sampleConflict("6", { foundAt: at(2), status: "settled" }),
      ]);
      const list = async (filter: Parameters<typeof conflicts.list>[0]) => {
        const ids = (await readAll((page) => conflicts.list(filter, page), 2)).map(({ id }) => id);
        expect(await conflicts.count(filter)).toBe(ids.length);
        return ids;
      };
      expect(await list({})).toEqual(["2", "5", "3", "1", "6", "4"]);
      expect(await list({ connection: "hubspot" })).toEqual(["2"]);
      expect(await list({ kind: "deal" })).toEqual(["3"]);
      expect(await list({ recordId: "4" })).toEqual(["4"]);
      expect(await list({ field: "$record" })).toEqual(["5"]);
      expect(await list({ status: "settled" })).toEqual(["6"]);
      expect(await list({ connection: "close", kind: "contact", recordId: "1", status: "open" })).toEqual([
        ...["5", "1"],
      ]);
      expect(await list({ status: "gone" })).toEqual([]);
    });

    it("refuses what is not a conflict or an end of one, naming the field", async () => {
      await using storage = await open();
      const { conflicts } = storage.tenant("acme");
      const unsound: readonly (readonly [field: string, changes: object])[] = [
        ["id", { id: "" }],
        ["connection", { connection: "" }],
        ["kind", { kind: "activity" }],
        ["recordId", { recordId: "" }],
        ["crmId", { crmId: "" }],
        ["field", { field: "x".repeat(401) }],
        ["policy", { policy: "" }],
        ["base", { base: undefined }],
        ["app.x", { app: { x: Number.NaN } }],
        ["status", { status: "done" }],
        ["taken", { taken: "all" }],
        ["foundAt", { foundAt: "soon" }],
        ["endedAt", { endedAt: "soon" }],
        ["endedBy", { endedBy: "" }],
      ];
      for (const [field, changes] of unsound) {
        const list = [sampleConflict("1"), { ...sampleConflict("2"), ...changes }];
        const facts = { store: "conflicts", field: `conflicts[1].${field}` };
        await expect(conflicts.addMany(list)).rejects.toMatchObject({ code: "store.invalid", facts });
      }
      expect(await conflicts.count()).toBe(0);
      await conflicts.addMany([sampleConflict("1")]);
      for (const [field, changes] of [
        ["status", { status: "settled" as "gone" }],
        ["taken", { taken: "all" as "app" }],
        ["by", { by: "" }],
        ["id", { id: "" }],
      ] as const) {
        const end = { id: "2", status: "gone" as const };
        const ends = [
          { ...end, id: "1" },
          { ...end, ...changes },
        ];
        const facts = { field: `ends[1].${field}` };
        await expect(conflicts.endMany(ends)).rejects.toMatchObject({ code: "store.invalid", facts });
      }
      expect(await conflicts.count({ status: "open" })).toBe(1);
    });
  });
}
