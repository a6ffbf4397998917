import type { RecordStore, TenantStorage } from "@salesagent/ports";
import { putCompany, putContact, removeContact, writeOne } from "./sample-sync.js";
import type { StorageSuite } from "./storage-suite.js";

/** More pages than any case reads. */
const MOST_PAGES = 100;

/** Reads a feed to its end: what it told, page by page. */
async function follow(records: RecordStore, cursor?: string, limit = 100) {
  const told: string[] = [];
  let from = cursor;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await records.changes("contact", from === undefined ? { limit } : { cursor: from, limit });
    told.push(...page.records.map(({ id }) => id), ...page.removed.map(({ id }) => `-${id}`));
    from = page.cursor;
    if (!page.more) return { told, cursor: from, pages: pages + 1 };
  }
  throw new Error("the feed does not end");
}

/** A gate that a transaction waits at. */
function openGate() {
  let pass: () => void = () => {};
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return { pass, passed };
}

/** A transaction that writes a contact and commits when it is let. */
function writeLate(acme: TenantStorage, id: string) {
  const [written, leave] = [openGate(), openGate()];
  const pending = acme.transaction(
    async ({ records }) => {
      await writeOne(records, putContact(id));
      written.pass();
      await leave.passed;
    },
    { isolation: "read-committed" },
  );
  return { written: written.passed, leave: leave.pass, pending };
}

/** The feed of what changed. */
export function recordChangeConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("record-store/1, changes", () => {
    it("tells what was written after a cursor, in the order of writing, each record once as it is now", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      for (const id of ["2", "1", "3"]) await writeOne(records, putContact(id));
      const first = await follow(records);
      expect(first.told).toEqual(["2", "1", "3"]);
      await writeOne(records, putContact("2", { custom: { round: 1 } }));
      await writeOne(records, putContact("4"));
      await writeOne(records, putContact("2", { custom: { round: 2 } }));
      expect((await follow(records, first.cursor)).told).toEqual(["4", "2"]);
      const page = await records.changes("contact", { cursor: first.cursor });
      expect(page.records.map(({ id, custom }) => [id, custom])).toEqual([
        ["4", {}],
        ["2", { round: 2 }],
      ]);
      expect(page.records[0]).toEqual(await records.get("contact", "4"));
    });

    it("goes on page by page to the same end, and says whether there is more", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      const ids = Array.from({ length: 7 }, (_, index) => `id-${index}`);
      for (const id of ids) await writeOne(records, putContact(id));
      await writeOne(records, removeContact("id-5"));
      const all = ["id-0", "id-1", "id-2", "id-3", "id-4", "id-6", "-id-5"];
      for (const limit of [1, 2, 3, 7]) {
        const { told, pages, cursor } = await follow(records, undefined, limit);
        expect(told).toEqual(all);
        expect(pages).toBe(Math.ceil(7 / limit));
        expect(await records.changes("contact", { cursor })).toEqual({
          ...{ records: [], removed: [], cursor, more: false },
        });
      }
    });

    it("tells of removals without their content, also where it ended in another record", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      await records.writeMany([putContact("1"), putContact("2"), putContact("3")]);
      const { cursor } = await records.changes("contact");
      await records.writeMany([removeContact("1"), removeContact("2", { mergedInto: "3" })]);
      const page = await records.changes("contact", { cursor });
      const [one, two] = page.removed;
      expect(page.records).toEqual([]);
      expect(Object.keys(one ?? {}).sort()).toEqual(["id", "kind", "removedAt"]);
      expect(two).toMatchObject({ kind: "contact", id: "2", mergedInto: "3" });
      expect(two?.removedAt).toMatch(/^\d{4}-.*Z$/);
      await writeOne(records, putContact("1"));
      const after = await follow(records, page.cursor);
      expect(after.told).toEqual(["1"]);
      expect((await follow(records)).told).toEqual(["3", "1", "-2"]);
    });

    it("keeps kinds apart, and begins where nothing was written", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      const { cursor, more } = await records.changes("contact");
      expect(more).toBe(false);
      await records.writeMany([putCompany("1"), putContact("1"), putCompany("2")]);
      expect((await follow(records, cursor)).told).toEqual(["1"]);
      const companies = await records.changes("company");
      expect(companies.records.map(({ id }) => id)).toEqual(["1", "2"]);
      expect((await records.changes("deal")).records).toEqual([]);
    });

    it("tells nothing of writes that were stale or put back", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const { records } = acme;
      await writeOne(records, putContact("1"));
      const { cursor } = await records.changes("contact");
      await records.writeMany([putContact("1", {}, null), removeContact("2")]);
      const reason = new Error("stop");
      const pending = acme.transaction(async (stores) => {
        await stores.records.writeMany([putContact("3"), removeContact("1")]);
        throw reason;
      });
      await expect(pending).rejects.toBe(reason);
      expect((await follow(records, cursor)).told).toEqual([]);
    });

    it("loses nothing of a transaction that commits after a later write was told", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const { records } = acme;
      const late = writeLate(acme, "late");
      await late.written;
      await writeOne(records, putContact("early"));
      const first = await follow(records);
      await writeOne(records, putContact("middle"));
      const second = await follow(records, first.cursor);
      late.leave();
      await late.pending;
      const third = await follow(records, second.cursor);
      const told = [...first.told, ...second.told, ...third.told];
      expect([...new Set(told)].sort()).toEqual(["early", "late", "middle"]);
      expect([...first.told, ...second.told].includes("late")).toBe(false);
    });

    it("tells all to who follows while many write, in transactions and out of them", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const ids = Array.from({ length: 24 }, (_, index) => `id-${index}`);
      let isWriting = true;
      const writing = Promise.all(
        ids.map((id, index) =>
          index % 3 === 0
            ? writeOne(acme.records, putContact(id))
            : acme.transaction(({ records }) => writeOne(records, putContact(id)), {
                isolation: "read-committed",
              }),
        ),
      ).finally(() => {
        isWriting = false;
      });
      const told = new Set<string>();
      let cursor: string | undefined;
      for (let isLast = false; ; ) {
        const seen = await follow(acme.records, cursor, 3);
        for (const id of seen.told) told.add(id);
        cursor = seen.cursor;
        if (isLast) break;
        isLast = !isWriting;
        await Promise.race([writing, acme.records.count("contact")]);
      }
      await writing;
      expect([...told].sort()).toEqual([...ids].sort());
    });

    it("refuses limits out of range, and cursors of its own making", async () => {
      await using storage = await open();
      const { records } = storage.tenant("acme");
      for (const limit of [0, -1, 1001, 1.5, Number.NaN]) {
        await expect(records.changes("contact", { limit })).rejects.toMatchObject({ name: "RangeError" });
      }
      for (const cursor of ["", "x", "-1", "1'; drop table records; --"]) {
        await expect(records.changes("contact", { cursor })).rejects.toMatchObject({
          ...{ code: "store.invalid", facts: { store: "records", field: "from.cursor" } },
        });
      }
    });
  });
}
