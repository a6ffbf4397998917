import type { FoundLead, LeadDraft, LeadQuery, ResultRecord, TenantStores } from "@salesagent/ports";
import { drafts, namesOf } from "./sample-leads.js";
import { at, sampleDraft, sampleResult } from "./sample-records.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

/** Stores leads, and qualifications of those that have a score. @returns Their ids. */
async function store(
  { leads, results }: TenantStores,
  scored: Readonly<Record<string, number | undefined>>,
): Promise<readonly string[]> {
  const names = Object.keys(scored);
  const outcomes = await leads.insertMany(names.map((name) => sampleDraft(name)));
  const ids = outcomes.map(({ id }) => id);
  const found = Object.entries(scored).flatMap(([name, score], index) =>
    score === undefined ? [] : sampleResult(`of ${name}`, { leadId: ids[index] ?? "", score }),
  );
  await results.addMany(found);
  return ids;
}

async function namesFound({ leads }: TenantStores, query: LeadQuery, limit = 2) {
  return namesOf(await readAll((page) => leads.find(query, page), limit));
}

/** Lists of leads with their newest qualifications. */
export function leadFindConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("lead-store/1, finding", () => {
    it("gives leads in the order of storing, each whole and with its newest qualification", async () => {
      await using storage = await open();
      const { leads, results } = storage.tenant("acme");
      const [one, two, three] = (await leads.insertMany(drafts(3))).map(({ id }) => id);
      const of = (id: string, leadId: string | undefined, changes: Partial<ResultRecord>) =>
        sampleResult(id, { leadId: leadId ?? "", ...changes });
      await results.addMany([of("new", one, { score: 71.5, tier: "B", createdAt: at(9) })]);
      await results.addMany([of("old", one, { score: 20, tier: "D", createdAt: at(1) })]);
      await results.addMany([of("another kind", one, { kind: "enrichment", score: 1, createdAt: at(20) })]);
      await results.addMany([of("first", two, { score: 5 }), of("last", two, {})]);
      await results.addMany([of("first", two, { score: 6, createdAt: at(30) })]);
      const listed = await readAll((page) => leads.find({}, page), 2);
      expect(listed.map(({ qualification }) => qualification)).toEqual([
        { score: 71.5, tier: "B", createdAt: at(9) },
        { createdAt: at(0) },
        undefined,
      ]);
      expect(listed.map(withoutQualification)).toEqual(
        await leads.getMany([one ?? "", two ?? "", three ?? ""]),
      );
    });

    it("finds by stage and source", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await acme.leads.insertMany([
        sampleDraft("a", { stage: "won", source: "csv:1" }),
        sampleDraft("b", { source: "csv:1" }),
        sampleDraft("c", { stage: "won", source: "csv:2" }),
      ]);
      expect(await namesFound(acme, { stage: "won" })).toEqual(["a", "c"]);
      expect(await namesFound(acme, { source: "csv:1", stage: "won", search: "exam" })).toEqual(["a"]);
    });

    it("searches the company's name and domain, the contact's name and e-mail, and nothing else", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const person = (contact: object): Partial<LeadDraft> => ({ contact: { ...contact, provenance: {} } });
      await acme.leads.insertMany([
        bare("name", { name: "North Harbour Ltd" }),
        bare("domain", { domain: "harbour.example" }),
        bare("full", {}, person({ fullName: "Ada Harbour" })),
        bare("first", {}, person({ firstName: "Harbour" })),
        bare("last", {}, person({ lastName: "Harbour" })),
        bare("email", {}, person({ email: "ada@mail.harbour.example" })),
        bare("no", { industry: "harbour", city: "Harbour" }, person({ title: "Harbour" })),
        bare("harbour", {}, { source: "harbour", custom: { harbour: "harbour" } }),
      ]);
      const found = await readAll((page) => acme.leads.find({ search: "harb" }, page), 2);
      expect(found.map(({ keys }) => keys[0])).toEqual(["name", "domain", "full", "first", "last", "email"]);
    });

    it("searches for the beginnings of words, all of them, in any order and case", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await acme.leads.insertMany([
        sampleDraft("Ålesund FJØRD-Værk", { contact: { fullName: "Ada Βάσης", provenance: {} } }),
        sampleDraft("Fjord Works"),
        sampleDraft("ЗАВОД İstanbul ΟΔΟΣ"),
      ]);
      const searches = {
        ÅLE: 1,
        fjørd: 1,
        "værk fj ada": 1,
        ΒΆΣ: 1,
        fjo: 1,
        завод: 1,
        istanbul: 1,
        οδος: 1,
        οδοσ: 1,
        fj: 2,
        "fjord.": 1,
        "Fjord works, Fjord Works!": 1,
        jord: 0,
        "fjord ada": 0,
        lesund: 0,
      };
      const counts: Record<string, number> = {};
      for (const search of Object.keys(searches))
        counts[search] = (await namesFound(acme, { search })).length;
      expect(counts).toEqual(searches);
    });

    it("takes what stands for anything elsewhere as what it is", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await acme.leads.insertMany([sampleDraft("xay"), sampleDraft("x_y 50% \\ '")]);
      for (const search of ["%", "_", "\\", "'", "*", "?", " ", ".", "", ":*", "|", "\u{10ffff}"]) {
        expect(await namesFound(acme, { search })).toEqual([]);
      }
      expect(await namesFound(acme, { search: "x_y%" })).toEqual(["x_y 50% \\ '"]);
      expect(await namesFound(acme, { search: "' or true --" })).toEqual([]);
    });

    it("finds a lead by what it says now, and no more once it is gone", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const [id] = await store(acme, { before: 50 });
      await acme.leads.replace(id ?? "", sampleDraft("after", { keys: ["domain:before.example"] }));
      expect(await namesFound(acme, { search: "before" })).toEqual([]);
      expect(await namesFound(acme, { search: "after" })).toEqual(["after"]);
      await acme.erasure.erase({ mentions: ["nobody@fjord.example"], leadIds: [id ?? ""] });
      expect(await namesFound(acme, { search: "after" })).toEqual([]);
      expect(await namesFound(acme, { order: "score" })).toEqual([]);
    });

    it("finds long words by how they begin, and long names by their first words", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const long = "é".repeat(9_000);
      await acme.leads.insertMany([
        sampleDraft("long", { company: { name: `${long} ${long}`, provenance: {} } }),
      ]);
      expect((await namesFound(acme, { search: "é".repeat(60) })).length).toBe(1);
      expect((await namesFound(acme, { search: "é".repeat(200) })).length).toBe(1);
    });

    it("refuses a search that is too long, or of too many words", async () => {
      await using storage = await open();
      const { leads } = storage.tenant("acme");
      for (const search of ["a".repeat(201), "a b c d e f g h i", "a\0"]) {
        await expect(leads.find({ search })).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "leads", field: "query.search" },
        });
      }
      expect(await leads.find({ search: "a b c d e f g h a b" })).toEqual({ items: [] });
    });

    it("lists by score, the highest first, of equal ones the lead stored last, page by page", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await store(acme, { a: 50, none: undefined, b: 99.5, c: 0, d: 50, e: 99.25, f: 100, g: 50 });
      for (const limit of [1, 2, 3, 100]) {
        const listed = await namesFound(acme, { order: "score" }, limit);
        expect(listed).toEqual(["f", "b", "e", "g", "d", "a", "c"]);
      }
    });

    it("neither repeats nor skips a lead whose score stays, while others are scored between pages", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const [, , , , , later] = await store(acme, { a: 90, b: 70, c: 70, d: 70, e: 10, later: undefined });
      let pages = 0;
      const listed = await readAll(async (page) => {
        const read = await acme.leads.find({ order: "score" }, page);
        pages += 1;
        await store(acme, { [`new${pages}`]: 80 });
        await acme.results.addMany([
          sampleResult(`later ${pages}`, { leadId: later ?? "", score: 95, createdAt: at(pages) }),
        ]);
        return read;
      }, 2);
      const stayed = listed.filter(({ company: { name = "" } }) => name.length === 1);
      expect(namesOf(stayed)).toEqual(["a", "d", "c", "b", "e"]);
    });

    it("goes by the newest score alone", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const [a, b] = await store(acme, { a: 90, b: 50 });
      await acme.results.addMany([
        sampleResult("a again", { leadId: a ?? "", score: 10, createdAt: at(5) }),
        sampleResult("b before", { leadId: b ?? "", score: 99, createdAt: at(-5) }),
      ]);
      expect(await namesFound(acme, { order: "score" })).toEqual(["b", "a"]);
      expect(await namesFound(acme, { minScore: 51 })).toEqual([]);
    });

    it("finds by a score's range, both ends of it inclusive, in either order", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await store(acme, { a: 40, none: undefined, b: 60.5, c: 60, d: 80 });
      expect(await namesFound(acme, { minScore: 60 })).toEqual(["b", "c", "d"]);
      expect(await namesFound(acme, { maxScore: 60 })).toEqual(["a", "c"]);
      expect(await namesFound(acme, { minScore: 60, maxScore: 60.5 })).toEqual(["b", "c"]);
      expect(await namesFound(acme, { minScore: 60, maxScore: 70, order: "score" })).toEqual(["b", "c"]);
      expect(await namesFound(acme, { minScore: 60, search: "d", order: "score" })).toEqual(["d"]);
    });

    it("pages through a search with filters as through all at once, in either order", async () => {
      await using storage = await open();
      const { leads, results } = storage.tenant("acme");
      const names = Array.from(
        { length: 24 },
        (_, index) => `common${index} ${index % 3 ? "gmbh" : "inc incorporated"}`,
      );
      const outcomes = await leads.insertMany(
        names.map((name, index) =>
          sampleDraft(name, { stage: index % 4 ? "new" : "won", source: `csv:${index % 2}` }),
        ),
      );
      const scores = outcomes.map(({ id: leadId }, index) =>
        sampleResult(`of ${index}`, { leadId, score: index % 5 }),
      );
      await results.addMany(scores.filter((_, index) => index % 7 > 0));
      const searches: readonly LeadQuery[] = ["common", "inc", "comm gmbh", "gmbh inc"].map((search) => ({
        search,
      }));
      const filters: readonly LeadQuery[] = [
        {},
        { stage: "new" },
        { source: "csv:1" },
        { minScore: 1, maxScore: 3 },
      ];
      for (const query of searches.flatMap((search) => filters.map((filter) => ({ ...search, ...filter })))) {
        for (const order of ["stored", "score"] as const) {
          const { items } = await leads.find({ ...query, order });
          expect(await readAll((page) => leads.find({ ...query, order }, page), 2)).toEqual(items);
        }
      }
    });

    it("shows a transaction what it stored and scored, and nobody else before it ends", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await store(acme, { a: 50 });
      const query = { order: "score", search: "exam" } as const;
      const seen = await acme.transaction(async (stores) => {
        await store(stores, { b: 50, c: 60 });
        return { inside: await namesFound(stores, query, 1), outside: await namesFound(acme, query, 1) };
      });
      expect(seen).toEqual({ inside: ["c", "b", "a"], outside: ["a"] });
      expect(await namesFound(acme, query)).toEqual(["c", "b", "a"]);
    });

    it("keeps the leads, words and scores of tenants apart", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme"), storage.tenant("other")];
      const [ours] = await store(acme, { shared: 10 });
      await store(other, { shared: 20, alien: 90 });
      await other.results.addMany([sampleResult("of ours", { leadId: ours ?? "", score: 99 })]);
      for (const query of [{}, { search: "shared" }, { order: "score" }, { minScore: 0 }] as const) {
        const { items } = await acme.leads.find(query);
        expect(items.map(({ qualification }) => qualification?.score)).toEqual([10]);
      }
      expect(await namesFound(acme, { search: "alien" })).toEqual([]);
      expect(await namesFound(other, { order: "score" })).toEqual(["alien", "shared"]);
    });
  });
}

/** A lead of which nothing is known but what is given. */
function bare(key: string, company: object, changes: Partial<LeadDraft> = {}): LeadDraft {
  return { company: { ...company, provenance: {} }, source: "csv", keys: [key], ...changes };
}

function withoutQualification({ qualification: _, ...lead }: FoundLead) {
  return lead;
}
