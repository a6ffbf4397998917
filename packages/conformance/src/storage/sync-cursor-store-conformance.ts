import { atOnce } from "./flow-suite.js";
import type { StorageSuite } from "./storage-suite.js";

const cursor = (name: string, value: { readonly [name: string]: number | string | null } = {}) => ({
  ...{ connection: "close", name, value },
});

/** How far syncs have come. */
export function syncCursorStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("sync-cursor-store/1", () => {
    it("keeps a cursor under its connection and name, under a revision that rises", async () => {
      await using storage = await open();
      const { syncCursors } = storage.tenant("acme");
      expect(await syncCursors.get("close", "contact/changes")).toBe(undefined);
      expect(await syncCursors.put(cursor("contact/changes", { after: "x 🐟", n: null }))).toBe(1);
      expect(await syncCursors.put({ ...cursor("contact/changes"), connection: "hubspot" })).toBe(1);
      expect(await syncCursors.put(cursor("contact/changes", { after: "y" }))).toBe(2);
      const kept = await syncCursors.get("close", "contact/changes");
      expect(kept).toEqual({
        ...{ connection: "close", name: "contact/changes", value: { after: "y" }, revision: 2 },
        updatedAt: kept?.updatedAt,
      });
      expect(kept?.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/);
      expect((await syncCursors.get("hubspot", "contact/changes"))?.value).toEqual({});
    });

    it("writes only over the revision that it rests on", async () => {
      await using storage = await open();
      const { syncCursors } = storage.tenant("acme");
      expect(await syncCursors.put({ ...cursor("a"), ifRevision: 1 })).toBe(undefined);
      expect(await syncCursors.put({ ...cursor("a", { by: "one" }), ifRevision: null })).toBe(1);
      expect(await syncCursors.put({ ...cursor("a"), ifRevision: null })).toBe(undefined);
      expect((await syncCursors.get("close", "a"))?.value).toEqual({ by: "one" });
      const written = await atOnce(8, (index) =>
        syncCursors.put({ ...cursor("a", { by: index }), ifRevision: 1 }),
      );
      expect(written.filter((revision) => revision === 2).length).toBe(1);
      expect(written.filter((revision) => revision === undefined).length).toBe(7);
      expect((await syncCursors.get("close", "a"))?.value).toEqual({ by: written.indexOf(2) });
    });

    it("lists the cursors of a connection by their names, and removes them", async () => {
      await using storage = await open();
      const { syncCursors } = storage.tenant("acme");
      for (const name of ["b", "a/2", "a/1", "B"]) await syncCursors.put(cursor(name));
      await syncCursors.put({ ...cursor("c"), connection: "hubspot" });
      const names = async () => (await syncCursors.list("close")).map(({ name }) => name);
      expect(await names()).toEqual(["B", "a/1", "a/2", "b"]);
      await syncCursors.remove("close", "a/2");
      await syncCursors.remove("close", "c");
      expect(await names()).toEqual(["B", "a/1", "b"]);
      expect((await syncCursors.list("hubspot")).length).toBe(1);
      expect(await syncCursors.list("none")).toEqual([]);
    });

    it("refuses what is not a cursor, naming the field", async () => {
      await using storage = await open();
      const { syncCursors } = storage.tenant("acme");
      const unsound: readonly (readonly [field: string, changes: object])[] = [
        ["cursor.connection", { connection: "" }],
        ["cursor.connection", { connection: "x".repeat(201) }],
        ["cursor.name", { name: "x".repeat(401) }],
        ["cursor.value", { value: "text" }],
        ["cursor.value.x", { value: { x: Number.NaN } }],
        ["cursor.ifRevision", { ifRevision: -1 }],
      ];
      for (const [field, changes] of unsound) {
        await expect(syncCursors.put({ ...cursor("a"), ...changes })).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { store: "syncCursors", field } },
        });
      }
      for (const [field, run] of [
        ["connection", () => syncCursors.get("", "a")],
        ["name", () => syncCursors.get("close", "")],
        ["connection", () => syncCursors.list("")],
        ["name", () => syncCursors.remove("close", "")],
      ] as const) {
        await expect(run()).rejects.toMatchObject({ code: "store.invalid", facts: { field } });
      }
      expect(await syncCursors.list("close")).toEqual([]);
    });
  });
}
