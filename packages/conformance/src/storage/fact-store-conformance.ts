import type { FactRecord } from "@salesagent/ports";
import { at, sampleFact } from "./sample-records.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

/** Every field of a fact in use. */
const fullFact: Required<FactRecord> = {
  id: "fact-full",
  subject: "person:ada@fjord.example",
  text: "Ada likes trout 🐟, not salmon.",
  threadId: "thread-1",
  runId: "run-1",
  data: { zebra: 1, apple: [null, { deep: "x" }] },
  createdAt: at(1),
  expiresAt: FAR_AHEAD,
};

const idsOf = (page: { readonly items: readonly FactRecord[] }) => page.items.map(({ id }) => id);

/** What agents know. */
export function factStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("fact-store/1", () => {
    it("gives back a fact as it was stored, and leaves absent what it left out", async () => {
      await using storage = await open();
      const { facts } = storage.tenant("acme");
      await facts.putMany([fullFact, sampleFact("plain")]);
      const { items } = await facts.list();
      expect(items).toEqual([fullFact, sampleFact("plain")]);
      expect(JSON.stringify(items[0]?.data)).toBe(JSON.stringify(fullFact.data));
      expect(Object.keys(items[1] ?? {}).sort()).toEqual(["createdAt", "id", "subject", "text"]);
    });

    it("lists the latest creation first, of equal ones the one stored last, page by page", async () => {
      await using storage = await open();
      const { facts } = storage.tenant("acme");
      await facts.putMany([sampleFact("1"), sampleFact("2", { createdAt: at(5) }), sampleFact("3")]);
      await facts.putMany([sampleFact("4", { createdAt: at(2) }), sampleFact("5", { createdAt: at(5) })]);
      const listed = await readAll((page) => facts.list({}, page), 2);
      expect(listed.map(({ id }) => id)).toEqual(["5", "2", "4", "3", "1"]);
    });

    it("lists by subject and thread", async () => {
      await using storage = await open();
      const { facts } = storage.tenant("acme");
      await facts.putMany([
        sampleFact("1", { subject: "a", threadId: "x" }),
        sampleFact("2", { subject: "a", threadId: "y" }),
        sampleFact("3", { subject: "b", threadId: "x" }),
        sampleFact("4", { subject: "A" }),
      ]);
      expect(idsOf(await facts.list({ subject: "a" }))).toEqual(["2", "1"]);
      expect(idsOf(await facts.list({ threadId: "x" }))).toEqual(["3", "1"]);
      expect(idsOf(await facts.list({ subject: "a", threadId: "x" }))).toEqual(["1"]);
      expect(idsOf(await facts.list({ subject: "nobody" }))).toEqual([]);
    });

    it("replaces a fact whole; in one call, the last one of an id counts", async () => {
      await using storage = await open();
      const { facts } = storage.tenant("acme");
      await facts.putMany([{ ...fullFact, id: "1" }, sampleFact("2", { createdAt: at(1) })]);
      await facts.putMany([
        sampleFact("1", { text: "first" }),
        sampleFact("1", { text: "last", subject: "company:trout.example", createdAt: at(1) }),
      ]);
      const expected = sampleFact("1", { text: "last", subject: "company:trout.example", createdAt: at(1) });
      expect((await facts.list()).items).toEqual([sampleFact("2", { createdAt: at(1) }), expected]);
      expect(idsOf(await facts.list({ subject: fullFact.subject }))).toEqual([]);
      expect(idsOf(await facts.list({ subject: "company:trout.example" }))).toEqual(["1"]);
    });

    it("moves a fact that is put again with another time, and finds it once", async () => {
      await using storage = await open();
      const { facts } = storage.tenant("acme");
      await facts.putMany([sampleFact("1", { createdAt: at(1) }), sampleFact("2", { createdAt: at(2) })]);
      await facts.putMany([sampleFact("1", { createdAt: at(3) })]);
      expect(idsOf(await facts.list())).toEqual(["1", "2"]);
      await facts.putMany([sampleFact("1", { createdAt: at(0) })]);
      expect(idsOf(await facts.list())).toEqual(["2", "1"]);
    });

    it("does not find a fact that is over", async () => {
      await using storage = await open();
      const { facts } = storage.tenant("acme");
      await facts.putMany([
        sampleFact("over", { expiresAt: LONG_AGO }),
        sampleFact("lasting", { expiresAt: FAR_AHEAD }),
        sampleFact("for ever"),
      ]);
      expect(idsOf(await facts.list({}, { limit: 2 }))).toEqual(["for ever", "lasting"]);
      await facts.putMany([sampleFact("over", { expiresAt: FAR_AHEAD })]);
      expect(idsOf(await facts.list())).toContain("over");
      await facts.putMany([sampleFact("lasting", { expiresAt: LONG_AGO })]);
      expect([...idsOf(await facts.list())].sort()).toEqual(["for ever", "over"]);
    });

    it("removes facts, and passes over ids that are not there", async () => {
      await using storage = await open();
      const { facts } = storage.tenant("acme");
      await facts.putMany([sampleFact("1"), sampleFact("2"), sampleFact("3")]);
      await facts.remove(["1", "none", "3", "1"]);
      await facts.remove([]);
      expect(idsOf(await facts.list())).toEqual(["2"]);
      await facts.remove(["2"]);
      expect(idsOf(await facts.list())).toEqual([]);
    });

    it("stores all facts of a call or none, naming the field that breaks a rule", async () => {
      await using storage = await open();
      const { facts } = storage.tenant("acme");
      const broken: readonly (readonly [field: string, change: Partial<FactRecord>])[] = [
        ["id", { id: "" }],
        ["id", { id: "x".repeat(401) }],
        ["subject", { subject: "" }],
        ["text", { text: "" }],
        ["text", { text: "x".repeat(10_001) }],
        ["threadId", { threadId: "" }],
        ["createdAt", { createdAt: "yesterday" }],
        ["expiresAt", { expiresAt: "tomorrow" }],
      ];
      for (const [field, change] of broken) {
        await expect(facts.putMany([sampleFact("good"), sampleFact("bad", change)])).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "facts", field: `facts[1].${field}` },
        });
      }
      expect((await facts.list()).items).toEqual([]);
      await facts.putMany([sampleFact("long", { text: "x".repeat(10_000) })]);
      expect((await facts.list()).items[0]?.text.length).toBe(10_000);
    });
  });
}
