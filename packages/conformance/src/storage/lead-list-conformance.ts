import { drafts, namesOf } from "./sample-leads.js";
import { sampleDraft } from "./sample-records.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

/** Listing and counting leads. */
export function leadListConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("lead-store/1", () => {
    it("lists leads in the order of storing, page by page", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      await leads.insertMany(drafts(7));
      const listed = await readAll((page) => leads.list({}, page), 3);
      expect(namesOf(listed)).toEqual(drafts(7).map((draft) => draft.company.name));
    });

    it("ends a list that fills its last page", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      await leads.insertMany(drafts(4));
      const first = await leads.list({}, { limit: 2 });
      const second = await leads.list({}, { limit: 2, after: first.next });
      expect(second.items.length).toBe(2);
      expect("next" in second).toBe(false);
    });

    it("neither repeats nor skips a lead while others are stored between pages", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      await leads.insertMany(drafts(6));
      let added = 0;
      const listed = await readAll(async (page) => {
        const read = await leads.list({}, page);
        if (added < 3) await leads.insertMany(drafts(2, `late${added++}-`));
        return read;
      }, 2);
      expect(namesOf(listed).slice(0, 6)).toEqual(drafts(6).map((draft) => draft.company.name));
      expect(new Set(listed.map((lead) => lead.id)).size).toBe(12);
    });

    it("keeps a lead's place in the list when it is replaced", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      const [first] = await leads.insertMany(drafts(3));
      await leads.replace(first?.id ?? "", sampleDraft("c0", { stage: "won" }));
      expect(namesOf((await leads.list()).items)).toEqual(["c0", "c1", "c2"]);
    });

    it("lists and counts by stage and source", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      await leads.insertMany([
        sampleDraft("a", { stage: "won", source: "csv:1" }),
        sampleDraft("b", { source: "csv:1" }),
        sampleDraft("c", { stage: "won", source: "csv:2" }),
        sampleDraft("d", { stage: "won", source: "csv:1" }),
      ]);
      const filter = { stage: "won", source: "csv:1" } as const;
      expect(namesOf(await readAll((page) => leads.list(filter, page), 1))).toEqual(["a", "d"]);
      expect(await leads.count(filter)).toBe(2);
      expect(await leads.count({ stage: "won" })).toBe(3);
      expect(await leads.count({ source: "csv:1" })).toBe(3);
    });
  });
}
