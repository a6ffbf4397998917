import { atOnce } from "./flow-suite.js";
import { at } from "./sample-records.js";
import { sampleLetter } from "./sample-sync.js";
import { readAll, type StorageSuite } from "./storage-suite.js";

const failure = (message: string) => ({ code: "crm.refused", message });

/** What a sync could not do. */
export function deadLetterStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("dead-letter-store/1", () => {
    it("adds a letter, and gives it back open and without a history", async () => {
      await using storage = await open();
      const { deadLetters } = storage.tenant("acme");
      const letter = sampleLetter("letter 🐟", { crmId: "crm-1", payload: { a: [null, { b: "x" }] } });
      const added = await deadLetters.add(letter);
      expect(added).toEqual({ ...letter, history: [], status: "open", updatedAt: letter.addedAt });
      expect(await deadLetters.get(letter.id)).toEqual(added);
      expect(await deadLetters.get("none")).toBe(undefined);
    });

    it("puts a failure of the same into the letter that is open for it, and remembers the ones before", async () => {
      await using storage = await open();
      const { deadLetters } = storage.tenant("acme");
      await deadLetters.add(sampleLetter("1", { error: failure("first") }));
      const again = { payload: { n: 2 }, error: failure("second"), addedAt: at(5), crmId: "crm-1" };
      const letter = await deadLetters.add(sampleLetter("2", again));
      expect(letter).toEqual({
        ...sampleLetter("1", { ...again, addedAt: at(0) }),
        ...{ history: [{ at: at(0), error: failure("first") }], status: "open", updatedAt: at(5) },
      });
      expect(await deadLetters.get("2")).toBe(undefined);
      for (let n = 3; n < 30; n++) {
        await deadLetters.add(sampleLetter(`${n}`, { error: failure(`${n}`), addedAt: at(n) }));
      }
      const kept = await deadLetters.get("1");
      expect(kept).toMatchObject({ crmId: "crm-1", error: failure("29"), addedAt: at(0), updatedAt: at(29) });
      expect(kept?.history.map(({ error }) => error.message)).toEqual(
        Array.from({ length: 20 }, (_, index) => `${index + 9}`),
      );
      expect(kept?.history.at(-1)).toEqual({ at: at(28), error: failure("28") });
      expect(await deadLetters.count()).toBe(1);
    });

    it("tells letters apart by connection, kind, record or CRM's id, and operation", async () => {
      await using storage = await open();
      const { deadLetters } = storage.tenant("acme");
      const { recordId: _recordId, ...pulled } = sampleLetter("5", { crmId: "1" });
      const letters = [
        sampleLetter("1"),
        sampleLetter("2", { connection: "hubspot" }),
        sampleLetter("3", { kind: "deal" }),
        sampleLetter("4", { recordId: "2" }),
        pulled,
        { ...pulled, id: "6", crmId: "2" },
        sampleLetter("7", { operation: "pull" }),
      ];
      for (const letter of letters) expect((await deadLetters.add(letter)).id).toBe(letter.id);
      expect((await deadLetters.add({ ...pulled, id: "8", addedAt: at(9) })).id).toBe("5");
      expect((await deadLetters.add(sampleLetter("9", { crmId: "other" }))).id).toBe("1");
      expect(await deadLetters.count()).toBe(7);
    });

    it("begins a new letter once the one before was replayed or dropped, and never adds an id twice", async () => {
      await using storage = await open();
      const { deadLetters } = storage.tenant("acme");
      await deadLetters.add(sampleLetter("1"));
      expect(await deadLetters.end("1", "replayed", "ada")).toBe(true);
      expect(await deadLetters.add(sampleLetter("1", { payload: {} }))).toMatchObject({
        ...{ id: "1", status: "replayed", payload: { title: "CTO" } },
      });
      expect((await deadLetters.add(sampleLetter("2"))).id).toBe("2");
      const same = await deadLetters.add(sampleLetter("2", { addedAt: at(9) }));
      expect([same.updatedAt, same.history]).toEqual([at(0), []]);
      expect(await deadLetters.count()).toBe(2);
    });

    it("ends an open letter once", async () => {
      await using storage = await open();
      const { deadLetters } = storage.tenant("acme");
      await deadLetters.add(sampleLetter("1"));
      await deadLetters.add(sampleLetter("2", { recordId: "2" }));
      const ended = await atOnce(8, (index) => deadLetters.end("1", "dropped", `user-${index}`));
      expect(ended.filter(Boolean).length).toBe(1);
      expect(await deadLetters.get("1")).toMatchObject({
        ...{ status: "dropped", endedBy: `user-${ended.indexOf(true)}`, addedAt: at(0) },
      });
      expect(await deadLetters.end("2", "replayed", undefined)).toBe(true);
      expect(Object.keys((await deadLetters.get("2")) ?? {})).not.toContain("endedBy");
      expect(await deadLetters.end("none", "dropped", "ada")).toBe(false);
    });

    it("keeps one letter of a failure that many tell of at once", async () => {
      await using storage = await open();
      const { deadLetters } = storage.tenant("acme");
      const letters = await atOnce(8, (index) => deadLetters.add(sampleLetter(`${index}`)));
      expect(new Set(letters.map(({ id }) => id)).size).toBe(1);
      const [letter] = (await deadLetters.list()).items;
      expect(letter?.history.length).toBe(7);
      expect(await deadLetters.count()).toBe(1);
    });

    it("lists and counts by each part of a filter, latest first, page by page", async () => {
      await using storage = await open();
      const { deadLetters } = storage.tenant("acme");
      for (const letter of [
        sampleLetter("1", { addedAt: at(5), operation: "a" }),
        sampleLetter("2", { addedAt: at(9), connection: "hubspot" }),
        sampleLetter("3", { addedAt: at(7), kind: "deal" }),
        sampleLetter("4", { addedAt: at(1), recordId: "4" }),
        sampleLetter("5", { addedAt: at(8), operation: "b" }),
      ]) {
        await deadLetters.add(letter);
      }
      await deadLetters.end("5", "dropped", undefined);
      const list = async (filter: Parameters<typeof deadLetters.list>[0]) => {
        const ids = (await readAll((page) => deadLetters.list(filter, page), 2)).map(({ id }) => id);
        expect(await deadLetters.count(filter)).toBe(ids.length);
        return ids;
      };
      expect(await list({})).toEqual(["2", "5", "3", "1", "4"]);
      expect(await list({ connection: "hubspot" })).toEqual(["2"]);
      expect(await list({ kind: "deal" })).toEqual(["3"]);
      expect(await list({ recordId: "4" })).toEqual(["4"]);
      expect(await list({ status: "dropped" })).toEqual(["5"]);
      expect(await list({ connection: "close", kind: "contact", recordId: "1", status: "open" })).toEqual([
        "1",
      ]);
    });

    it("refuses what is not a letter or an end of one, naming the field", async () => {
      await using storage = await open();
      const { deadLetters } = storage.tenant("acme");
      const unsound: readonly (readonly [field: string, changes: object])[] = [
        ["id", { id: "" }],
        ["connection", { connection: "x".repeat(201) }],
        ["kind", { kind: "activity" }],
        ["recordId", { recordId: "" }],
        ["crmId", { crmId: "" }],
        ["operation", { operation: "" }],
        ["payload", { payload: [] }],
        ["payload.x", { payload: { x: Number.NaN } }],
        ["error.message", { error: { code: "x" } }],
        ["addedAt", { addedAt: "soon" }],
      ];
      for (const [field, changes] of unsound) {
        const facts = { store: "deadLetters", field: `letter.${field}` };
        await expect(deadLetters.add({ ...sampleLetter("1"), ...changes })).rejects.toMatchObject({
          ...{ code: "store.invalid", facts },
        });
      }
      await deadLetters.add(sampleLetter("1"));
      await expect(deadLetters.end("1", "open" as "dropped", "ada")).rejects.toMatchObject({
        facts: { field: "status" },
      });
      await expect(deadLetters.end("1", "dropped", "")).rejects.toMatchObject({ facts: { field: "by" } });
      expect(await deadLetters.count({ status: "open" })).toBe(1);
    });
  });
}
