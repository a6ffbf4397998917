import { drafts, namesOf } from "./sample-leads.js";
import { at, fullDraft, sampleDraft } from "./sample-records.js";
import type { StorageSuite } from "./storage-suite.js";

/** Inserting and finding leads. */
export function leadStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("lead-store/1", () => {
    it("gives back a lead as it was stored, every field of it", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [outcome] = await leads.insertMany([fullDraft]);
      const lead = await leads.get(outcome?.id ?? "");
      expect(outcome?.status).toBe("inserted");
      expect(lead).toMatchObject(fullDraft);
      expect(Object.keys(lead ?? {}).sort()).toEqual(
        [...Object.keys(fullDraft), "createdAt", "id", "revision", "updatedAt"].sort(),
      );
    });

    it("fills in the stage and the custom columns, and leaves absent what a draft left out", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [outcome] = await leads.insertMany([sampleDraft("plain")]);
      const lead = await leads.get(outcome?.id ?? "");
      expect(lead).toMatchObject({ stage: "new", custom: {} });
      expect("contact" in (lead ?? {})).toBe(false);
      expect(Object.keys(lead?.company ?? {}).sort()).toEqual(["domain", "name", "provenance"]);
    });

    it("stores every draft of a batch, in order", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const outcomes = await leads.insertMany(drafts(25));
      const stored = await leads.getMany(outcomes.map((outcome) => outcome.id));
      expect(namesOf(stored)).toEqual(drafts(25).map((draft) => draft.company.name));
    });

    it("takes an empty batch", async () => {
      await using storage = await open();
      expect(await storage.tenant("acme").leads.insertMany([])).toEqual([]);
    });

    it("tells duplicates of stored leads by the first key that they share", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [first, second] = await leads.insertMany([
        sampleDraft("one", { keys: ["domain:one", "name:one"] }),
        sampleDraft("two", { keys: ["domain:two"] }),
      ]);
      const again = await leads.insertMany([
        sampleDraft("again", { keys: ["email:new", "domain:two", "name:one"] }),
        sampleDraft("again", { keys: ["name:one"] }),
      ]);
      expect(again).toEqual([
        { status: "duplicate", id: second?.id, key: "domain:two" },
        { status: "duplicate", id: first?.id, key: "name:one" },
      ]);
      expect(await leads.count()).toBe(2);
    });

    it("tells duplicates within a batch", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [first, second] = await leads.insertMany([
        sampleDraft("one", { keys: ["domain:one"] }),
        sampleDraft("two", { keys: ["email:two", "domain:one"] }),
      ]);
      expect(second).toEqual({ status: "duplicate", id: first?.id, key: "domain:one" });
    });

    it("claims no key for a duplicate, so that batches of any size come to the same", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const outcomes = await leads.insertMany([
        sampleDraft("one", { keys: ["domain:one"] }),
        sampleDraft("two", { keys: ["domain:one", "email:two"] }),
        sampleDraft("three", { keys: ["email:two"] }),
      ]);
      expect(outcomes.map((outcome) => outcome.status)).toEqual(["inserted", "duplicate", "inserted"]);
      expect((await leads.findByKey("email:two"))?.company.name).toBe("three");
    });

    it("takes a draft that names a key twice", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [outcome] = await leads.insertMany([sampleDraft("one", { keys: ["a:1", "b:2", "a:1"] })]);
      expect((await leads.get(outcome?.id ?? ""))?.keys).toEqual(["a:1", "b:2"]);
    });

    it("never stores two leads with one key when batches overlap in time", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const forwards = drafts(40);
      const outcomes = await Promise.all([
        leads.insertMany(forwards),
        leads.insertMany([...forwards].reverse()),
        leads.insertMany(forwards.slice(10, 30)),
      ]);
      const inserted = outcomes.flat().filter((outcome) => outcome.status === "inserted");
      expect(inserted.length).toBe(40);
      expect(await leads.count()).toBe(40);
    });

    it("refuses a draft without a key, and stores nothing of its batch", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      await expect(
        leads.insertMany([sampleDraft("one"), sampleDraft("two", { keys: [] })]),
      ).rejects.toMatchObject({
        code: "store.invalid",
        facts: { store: "leads", field: "drafts[1].keys" },
      });
      expect(await leads.count()).toBe(0);
    });

    it("finds a lead by each of its keys, however long", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const long = `name:${"é".repeat(9_000)}`;
      await leads.insertMany([sampleDraft("one", { keys: ["domain:one", long] })]);
      expect((await leads.findByKey("domain:one"))?.company.name).toBe("one");
      expect((await leads.findByKey(long))?.company.name).toBe("one");
      expect(await leads.findByKey(long.slice(0, -1))).toBe(undefined);
    });

    it("tells keys apart by every character", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const keys = [
        "a:X",
        "a:x",
        "a:x ",
        "a:é",
        "a:e\u0301",
        "a:'; drop table leads; --",
        "a:%",
        "a:_",
        "a:\\",
      ];
      await leads.insertMany(keys.map((key, index) => sampleDraft(`c${index}`, { keys: [key] })));
      const found = await Promise.all(keys.map((key) => leads.findByKey(key)));
      expect(namesOf(found.flatMap((lead) => lead ?? []))).toEqual(keys.map((_, index) => `c${index}`));
    });

    it("gives leads in the order of the ids asked for, and leaves unknown ones out", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [one, two] = await leads.insertMany([sampleDraft("one"), sampleDraft("two")]);
      const found = await leads.getMany([two?.id ?? "", "nobody", one?.id ?? "", two?.id ?? ""]);
      expect(namesOf(found)).toEqual(["two", "one", "two"]);
      expect(await leads.get("nobody")).toBe(undefined);
    });

    it("keeps what it stored apart from the caller's object", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const custom: Record<string, string> = { note: "first" };
      const [outcome] = await leads.insertMany([sampleDraft("one", { custom })]);
      custom["note"] = "changed by the caller";
      expect((await leads.get(outcome?.id ?? ""))?.custom).toEqual({ note: "first" });
    });

    it("keeps a column that is named like an object's prototype", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const custom = JSON.parse('{"__proto__":{"polluted":"yes"},"constructor":"x"}') as Record<
        string,
        string
      >;
      const [outcome] = await leads.insertMany([sampleDraft("one", { custom })]);
      const read = (await leads.get(outcome?.id ?? ""))?.custom ?? {};
      expect(JSON.stringify(read)).toBe(JSON.stringify(custom));
      expect("polluted" in read).toBe(false);
    });

    it("stamps leads in ISO 8601", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [outcome] = await leads.insertMany([sampleDraft("one")]);
      const lead = await leads.get(outcome?.id ?? "");
      expect(lead?.createdAt).toBe(new Date(lead?.createdAt ?? at(0)).toISOString());
      expect(lead?.updatedAt).toBe(lead?.createdAt);
    });
  });
}
