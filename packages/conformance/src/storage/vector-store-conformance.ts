import { awkwardValues } from "./cache-store-conformance.js";
import { FAR_AHEAD, LONG_AGO, sampleItem } from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";

const QUERY = Float32Array.of(1, 0, 0);
/** The most that a similarity may be off by. */
const TOLERANCE = 1e-6;

/** Cosine similarity as the textbook has it, in doubles. */
function cosine(left: Float32Array, right: Float32Array): number {
  const dot = (one: Float32Array, other: Float32Array) =>
    one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
}

/** Vectors that point everywhere, of very different lengths. */
function scatter(count: number, length: number): readonly Float32Array[] {
  return Array.from({ length: count }, (_, row) =>
    Float32Array.from(
      { length },
      (_, column) => Math.sin(row * 37.1 + column * column * 0.7 + 1) * 10 ** ((row % 9) - 4),
    ),
  );
}

/** Vectors, and which are alike. */
export function vectorStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("vector-store/1", () => {
    it("tells the cosine similarity to a millionth, best first", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      const [query = QUERY, ...stored] = scatter(61, 48);
      await vectors.putMany(
        "c",
        stored.map((vector, index) => ({ id: `${index}`, vector, data: index })),
      );
      const matches = await vectors.nearest("c", query, { limit: 60 });
      expect(matches.length).toBe(60);
      for (const { id, similarity, data } of matches) {
        expect(`${data}`).toBe(id);
        const error = similarity - cosine(query, stored[Number(id)] ?? QUERY);
        expect(Math.abs(error)).toBeLessThan(TOLERANCE);
        expect(Math.abs(similarity)).toBeLessThanOrEqual(1);
      }
      const similarities = matches.map(({ similarity }) => similarity);
      expect(similarities).toEqual([...similarities].sort((left, right) => right - left));
    });

    it("gives ten unless told otherwise, and of equal ones the first by id", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      const ids = ["l", "B", "a", "k", "j", "é", "i", "h", "g", "f", "e", "d", "c"];
      await vectors.putMany(
        "c",
        ids.map((id) => sampleItem(id, [1, 1, 0])),
      );
      await vectors.putMany("c", [sampleItem("zz", [1, 0, 0])]);
      const names = async (limit?: number) =>
        (await vectors.nearest("c", QUERY, { limit })).map(({ id }) => id).join("");
      expect(await names()).toBe("zzBacdefghi");
      expect(await names(3)).toBe("zzBa");
      expect(await names(100)).toBe("zzBacdefghijklé");
    });

    it("leaves out what is less alike than asked for", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      await vectors.putMany("c", [
        sampleItem("same", [2, 0, 0]),
        sampleItem("near", [1, 0.1, 0]),
        sampleItem("across", [0, 1, 0]),
        sampleItem("against", [-1, 0, 0]),
      ]);
      const names = async (minSimilarity?: number) =>
        (await vectors.nearest("c", QUERY, { minSimilarity })).map(({ id }) => id);
      expect(await names()).toEqual(["same", "near", "across", "against"]);
      expect(await names(-0.5)).toEqual(["same", "near", "across"]);
      expect(await names(0.5)).toEqual(["same", "near"]);
      expect(await names(0.999)).toEqual(["same"]);
    });

    it("keeps data of any JSON as it was put", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      const items = awkwardValues.map((data, index) => sampleItem(`${index}`, [1, index, 0], { data }));
      await vectors.putMany("c", items);
      const matches = await vectors.nearest("c", QUERY);
      expect(matches.map(({ data }) => data)).toEqual(awkwardValues);
    });

    it("replaces an item of the same id whole; in one batch, the last one counts", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      await vectors.putMany("c", [
        sampleItem("a", [1, 0, 0], { expiresAt: FAR_AHEAD }),
        sampleItem("b", [1, 1, 0]),
      ]);
      await vectors.putMany("c", [
        sampleItem("a", [1, 0, 0], { data: "first" }),
        sampleItem("a", [0, 1, 0], { data: "last" }),
      ]);
      const matches = await vectors.nearest("c", QUERY);
      expect(matches.map(({ id, data }) => [id, data])).toEqual([
        ["b", { answer: "b" }],
        ["a", "last"],
      ]);
      expect(matches[1]?.similarity).toBe(0);
    });

    it("does not find an item that is over", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      await vectors.putMany("c", [
        sampleItem("over", [1, 0, 0], { expiresAt: LONG_AGO }),
        sampleItem("running", [1, 0, 0], { expiresAt: FAR_AHEAD }),
        sampleItem("for ever", [1, 0, 0]),
      ]);
      expect((await vectors.nearest("c", QUERY)).map(({ id }) => id)).toEqual(["for ever", "running"]);
      await vectors.putMany("c", [sampleItem("over", [1, 0, 0])]);
      expect((await vectors.nearest("c", QUERY, { limit: 2 })).map(({ id }) => id)).toEqual([
        "for ever",
        "over",
      ]);
    });

    it("removes items by id, and passes over ids that are not there", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      const ids = ["a", "b", "c", "d"];
      await vectors.putMany(
        "c",
        ids.map((id, index) => sampleItem(id, [1, index, 0])),
      );
      await vectors.remove("c", ["a", "unknown", "c"]);
      await vectors.remove("c", []);
      await vectors.remove("nowhere", ["a"]);
      expect((await vectors.nearest("c", QUERY)).map(({ id, data }) => [id, data])).toEqual([
        ["b", { answer: "b" }],
        ["d", { answer: "d" }],
      ]);
    });

    it("keeps collections apart, each with a length of its own", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      await vectors.putMany("three", [sampleItem("a", [1, 0, 0]), sampleItem("b", [0, 1, 0])]);
      await vectors.putMany("two", [sampleItem("a", [1, 0], { data: 2 }), sampleItem("b", [0, 1])]);
      await vectors.remove("two", ["b"]);
      expect((await vectors.nearest("three", QUERY)).map(({ data }) => data)).toEqual([
        { answer: "a" },
        { answer: "b" },
      ]);
      expect((await vectors.nearest("two", Float32Array.of(1, 0))).map(({ data }) => data)).toEqual([2]);
      expect(await vectors.nearest("empty", QUERY)).toEqual([]);
    });

    it("keeps what it stored apart from the caller's array", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      const item = sampleItem("a", [1, 0, 0]);
      await vectors.putMany("c", [item]);
      item.vector.fill(-1);
      expect((await vectors.nearest("c", QUERY)).map(({ similarity }) => similarity)).toEqual([1]);
    });

    it("takes vectors of 8,192 numbers, however large or small the numbers", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      const long = (value: number) => new Float32Array(8192).fill(value);
      await vectors.putMany("c", [
        { id: "large", vector: long(3e38), data: null },
        { id: "small", vector: long(1e-40), data: null },
      ]);
      const matches = await vectors.nearest("c", long(1e-40));
      expect(matches.map(({ id }) => id).sort()).toEqual(["large", "small"]);
      for (const { similarity } of matches) expect(Math.abs(similarity - 1)).toBeLessThan(TOLERANCE);
    });

    it("refuses a vector that breaks the rules, naming it, and stores nothing of its batch", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      await vectors.putMany("c", [sampleItem("a", [1, 0, 0])]);
      const unsound = [
        [1, 0],
        [1, 0, 0, 0],
        [],
        [0, 0, 0],
        [1, Number.NaN, 0],
        [1, 0, Number.POSITIVE_INFINITY],
        Array.from({ length: 8193 }, () => 1),
      ];
      for (const numbers of unsound) {
        for (const collection of ["c", "fresh"]) {
          await expect(
            vectors.putMany(collection, [sampleItem("b", [1, 0, 0]), sampleItem("x", numbers)]),
          ).rejects.toMatchObject({ code: "store.invalid", facts: { field: "items[1].vector" } });
        }
      }
      await expect(vectors.putMany("c", [sampleItem("b", [1, 0])])).rejects.toMatchObject({
        code: "store.invalid",
        facts: { field: "items[0].vector" },
      });
      expect((await vectors.nearest("c", QUERY)).map(({ id }) => id)).toEqual(["a"]);
      expect(await vectors.nearest("fresh", QUERY)).toEqual([]);
    });

    it("refuses an item whose id, data or end breaks the rules", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      const unsound = [
        ["items[0].id", { id: "" }],
        ["items[0].id", { id: "x".repeat(401) }],
        ["items[0].data.x", { data: { x: Number.NaN } }],
        ["items[0].expiresAt", { expiresAt: "never" }],
      ] as const;
      for (const [field, changes] of unsound) {
        await expect(vectors.putMany("c", [sampleItem("a", [1, 0, 0], changes)])).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field },
        });
      }
      await expect(vectors.putMany("", [sampleItem("a", [1, 0, 0])])).rejects.toMatchObject({
        code: "store.invalid",
        facts: { field: "collection" },
      });
    });

    it("refuses to look for a vector that nothing in the collection can be like", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      await vectors.putMany("c", [sampleItem("a", [1, 0, 0])]);
      for (const numbers of [[1, 0], [1, 0, 0, 0], [0, 0, 0], [1, Number.NaN, 0], []]) {
        await expect(vectors.nearest("c", Float32Array.from(numbers))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field: "vector" },
        });
      }
    });

    it("refuses limits and similarities out of range", async () => {
      await using storage = await open();
      const { vectors } = storage.tenant("acme");
      for (const limit of [0, -1, 1001, 1.5, Number.NaN]) {
        await expect(vectors.nearest("c", QUERY, { limit })).rejects.toMatchObject({ name: "RangeError" });
      }
      for (const minSimilarity of [-1.01, 1.01, Number.NaN]) {
        await expect(vectors.nearest("c", QUERY, { minSimilarity })).rejects.toMatchObject({
          name: "RangeError",
        });
      }
    });
  });
}
