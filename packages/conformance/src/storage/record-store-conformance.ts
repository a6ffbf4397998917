import type { RecordWrite, StoredRecord } from "@salesagent/ports";
import { atOnce } from "./flow-suite.js";
import { at } from "./sample-records.js";
import { putCompany, putContact, removeContact, sampleContact, writeOne } from "./sample-sync.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const idsOf = (records: readonly (StoredRecord | undefined)[]) => records.map((record) => record?.id);

/** Contacts, companies and deals of the app. */
export function recordStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("record-store/1", () => {
    it("gives back a record as it was put, with defaults, times and a revision", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      const draft = {
        fields: { fullName: "Ada 🐟", email: "ada@fjord.example", otherEmails: ["a@x.example"] },
        custom: { score: [1, { deep: null }] },
        links: { company: ["2", "1", "2"] },
        keys: ["email:ada@fjord.example", "phone:+4712345678", "email:ada@fjord.example"],
        fieldTimes: { email: "2026-05-01T09:00:00Z" },
      };
      const written = await writeOne(records, { op: "put", kind: "contact", id: "1", draft });
      const record = await records.get("contact", "1");
      expect(record).toMatchObject({
        ...{ kind: "contact", id: "1", fields: draft.fields, custom: draft.custom },
        ...{ links: { company: ["2", "1"] }, keys: draft.keys.slice(0, 2) },
        fieldTimes: { email: "2026-05-01T09:00:00.000Z" },
      });
      expect(written).toEqual({ status: "written", revision: record?.revision });
      expect(record?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(record?.updatedAt).toBe(record?.createdAt);
      await writeOne(records, putCompany("1"));
      expect(await records.get("company", "1")).toMatchObject({ custom: {}, links: {}, fieldTimes: {} });
      expect(await records.get("deal", "1")).toBe(undefined);
    });

    it("replaces the content whole, and keeps when it was made", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      await writeOne(records, putContact("1", { custom: { kept: 1 }, links: { company: ["1"] } }));
      const before = await records.get("contact", "1");
      await writeOne(records, putContact("1", { fields: { fullName: "Ada" }, keys: [] }));
      const after = await records.get("contact", "1");
      expect([after?.fields, after?.custom, after?.links, after?.keys]).toEqual([
        ...[{ fullName: "Ada" }, {}, {}, []],
      ]);
      expect(after?.createdAt).toBe(before?.createdAt);
      expect(after?.revision === before?.revision).toBe(false);
    });

    it("tells of each write what became of it, in their order, and makes those that fit", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      const [one, two] = await records.writeMany([putContact("1"), putContact("2")]);
      const outcomes = await records.writeMany([
        putContact("3", {}, null),
        putContact("1", {}, null),
        putContact("2", { keys: ["new"] }, two?.revision ?? ""),
        putContact("4", {}, "7"),
        putCompany("1"),
        removeContact("5"),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual([
        ...["written", "stale", "written", "stale", "written", "stale"],
      ]);
      expect(outcomes[1]).toEqual({ status: "stale", revision: one?.revision });
      expect(outcomes[3]).toEqual({ status: "stale" });
      expect(outcomes[5]).toEqual({ status: "stale" });
      expect(outcomes[2]?.revision).toBe((await records.get("contact", "2"))?.revision);
      expect(idsOf(await records.getMany("contact", ["4", "3", "2", "1"]))).toEqual([
        ...[undefined, "3", "2", "1"],
      ]);
      expect((await records.get("contact", "1"))?.revision).toBe(one?.revision);
    });

    it("removes a record that stands at the revision, and no other", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      const written = await writeOne(records, putContact("1"));
      expect(await writeOne(records, removeContact("1", { ifRevision: "no revision" }))).toEqual({
        status: "stale",
        revision: written?.revision,
      });
      expect((await records.get("contact", "1"))?.id).toBe("1");
      const ifRevision = written?.revision ?? "";
      expect(await writeOne(records, removeContact("1", { ifRevision }))).toMatchObject({
        status: "written",
      });
      expect(await records.get("contact", "1")).toBe(undefined);
      expect(await records.getMany("contact", ["1"])).toEqual([undefined]);
      expect(await records.findByKeys("contact", ["email:1@fjord.example"])).toEqual([]);
      expect((await records.list("contact")).items).toEqual([]);
      expect(await records.count("contact")).toBe(0);
    });

    it("makes a record that was removed anew where nothing is asked, and not where none may have been", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      const first = await writeOne(records, putContact("1"));
      const removal = await writeOne(records, removeContact("1"));
      expect(await writeOne(records, putContact("1", {}, null))).toEqual({ status: "stale" });
      expect(await writeOne(records, putContact("1", {}, first?.revision ?? ""))).toEqual({
        status: "stale",
      });
      expect(await writeOne(records, putContact("1", {}, removal?.revision ?? ""))).toEqual({
        status: "stale",
      });
      const again = await writeOne(records, putContact("1"));
      expect(again?.status).toBe("written");
      expect(new Set([first?.revision, removal?.revision, again?.revision]).size).toBe(3);
      expect(await records.findByKeys("contact", ["email:1@fjord.example"])).toMatchObject([{ id: "1" }]);
    });

    it("lets one of many writes pass that rest on one revision", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      const made = await atOnce(8, (index) =>
        writeOne(records, putContact("1", { custom: { index } }, null)),
      );
      expect(made.filter((outcome) => outcome?.status === "written").length).toBe(1);
      const revision = (await records.get("contact", "1"))?.revision ?? "";
      const changed = await atOnce(8, (index) =>
        writeOne(records, putContact("1", { custom: { index } }, revision)),
      );
      expect(changed.filter((outcome) => outcome?.status === "written").length).toBe(1);
      const winner = changed.findIndex((outcome) => outcome?.status === "written");
      expect((await records.get("contact", "1"))?.custom).toEqual({ index: winner });
    });

    it("finds records of a kind by any of their keys, oldest first, each once", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      for (const id of ["3", "1", "2"])
        await writeOne(records, putContact(id, { keys: [`a:${id}`, "shared"] }));
      await writeOne(records, putCompany("9", { keys: ["shared"] }));
      const find = async (...keys: string[]) => idsOf(await records.findByKeys("contact", keys));
      expect(await find("a:1", "shared", "none", "shared")).toEqual(["3", "1", "2"]);
      expect(await find("a:2", "a:3")).toEqual(["3", "2"]);
      expect(await find()).toEqual([]);
      await writeOne(records, putContact("3", { keys: ["a:new"] }));
      expect(await find("shared")).toEqual(["1", "2"]);
      expect(await find("a:new", "a:2")).toEqual(["3", "2"]);
      expect(await find("SHARED")).toEqual([]);
    });

    it("lists and counts the records of a kind in the order of their creation, page by page", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      const ids = ["5", "3", "4", "1", "2"];
      for (const id of ids) await records.writeMany([putContact(id), putCompany(id)]);
      await writeOne(records, putContact("3", { custom: { changed: true } }));
      await writeOne(records, removeContact("4"));
      const listed = await readAll((page) => records.list("contact", page), 2);
      expect(idsOf(listed)).toEqual(["5", "3", "1", "2"]);
      expect([
        await records.count("contact"),
        await records.count("company"),
        await records.count("deal"),
      ]).toEqual([...[4, 5, 0]]);
      const { next } = await records.list("contact", { limit: 1 });
      await records.writeMany([removeContact("5"), putContact("6")]);
      expect(idsOf((await records.list("contact", { limit: 9, after: next ?? "" })).items)).toEqual([
        ...["3", "1", "2", "6"],
      ]);
    });

    it("refuses what is not a write, naming the field, and makes none of the call then", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      const draft = sampleContact("1");
      const base = { op: "put" as const, kind: "contact" as const, id: "2", draft };
      const unsound: readonly (readonly [field: string, write: object])[] = [
        ["id", { ...base, id: "" }],
        ["id", { ...base, id: "x".repeat(401) }],
        ["id", { ...base, id: "1" }],
        ["kind", { ...base, kind: "activity" }],
        ["op", { ...base, op: "merge" }],
        ["ifRevision", { ...base, ifRevision: 7 }],
        ["mergedInto", { op: "remove", kind: "contact", id: "2", mergedInto: "" }],
        ["draft.fields", { ...base, draft: { ...draft, fields: [] } }],
        ["draft.fields.title", { ...base, draft: { ...draft, fields: { title: Number.NaN } } }],
        ["draft.custom", { ...base, draft: { ...draft, custom: null } }],
        ["draft.links.activity", { ...base, draft: { ...draft, links: { activity: ["1"] } } }],
        ["draft.links.deal[1]", { ...base, draft: { ...draft, links: { deal: ["1", ""] } } }],
        ["draft.keys[1]", { ...base, draft: { ...draft, keys: ["a", ""] } }],
        [
          "draft.keys",
          { ...base, draft: { ...draft, keys: Array.from({ length: 21 }, (_, key) => `${key}`) } },
        ],
        ["draft.fieldTimes.email", { ...base, draft: { ...draft, fieldTimes: { email: "soon" } } }],
      ];
      for (const [field, write] of unsound) {
        const pending = records.writeMany([putContact("1"), write as RecordWrite]);
        const facts = { store: "records", field: `writes[1].${field}` };
        await expect(pending).rejects.toMatchObject({ code: "store.invalid", facts });
      }
      const many = Array.from({ length: 1001 }, (_, index) => `${index}`);
      await expect(records.findByKeys("contact", many)).rejects.toMatchObject({
        ...{ code: "store.invalid", facts: { field: "keys" } },
      });
      for (const run of [
        () => records.get("activity" as "deal", "1"),
        () => records.getMany("activity" as "deal", []),
        () => records.list("activity" as "deal"),
        () => records.count("activity" as "deal"),
        () => records.changes("activity" as "deal"),
      ]) {
        await expect(run()).rejects.toMatchObject({ code: "store.invalid", facts: { field: "kind" } });
      }
      expect(await records.count("contact")).toBe(0);
      expect((await records.changes("contact")).records).toEqual([]);
    });

    it("writes and finds a thousand records in one call each", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      const ids = Array.from({ length: 1000 }, (_, index) => `id-${index}`);
      const outcomes = await records.writeMany(
        ids.map((id) => putContact(id, { fieldTimes: { email: at(1) } })),
      );
      expect(outcomes.every(({ status }) => status === "written")).toBe(true);
      const keys = ids.map((id) => `email:${id}@fjord.example`);
      expect((await records.findByKeys("contact", keys)).length).toBe(1000);
      expect(idsOf(await records.getMany("contact", [...ids].reverse()))).toEqual([...ids].reverse());
    });
  });
}
