import type { VectorItem, VectorMatch } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";
import { VectorCollection } from "./vector-collection.js";

/** Small whole numbers, so that similarities are the same in whatever order sums are made. */
const vector = fc
  .array(fc.integer({ min: -3, max: 3 }), { minLength: 6, maxLength: 6 })
  .filter((numbers) => numbers.some((value) => value !== 0))
  .map((numbers) => Float32Array.from(numbers));
const id = fc.nat(30).map((value) => `item-${value}`);
const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ id, vector }) },
  { weight: 1, arbitrary: fc.record({ id }) },
);

function dot(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

/** The definition: compare with all, sort, cut. */
function nearestByDefinition(
  items: ReadonlyMap<string, Float32Array>,
  query: Float32Array,
  limit: number,
): readonly VectorMatch[] {
  return [...items]
    .map(([itemId, other]) => ({
      id: itemId,
      similarity: dot(query, other) / Math.sqrt(dot(query, query) * dot(other, other)),
      data: itemId,
    }))
    .sort((left, right) => right.similarity - left.similarity || (left.id < right.id ? -1 : 1))
    .slice(0, limit);
}

describe("vectors in memory", () => {
  it("are found as their definition says, after any changes, in a transaction and out of it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 60 }),
        fc.array(change, { maxLength: 30 }),
        vector,
        fc.integer({ min: 1, max: 12 }),
        async (outside, inside, query, limit) => {
          const acme = memoryStorage().tenant("acme");
          const items = new Map<string, Float32Array>();
          const act = async ({ vectors }: Pick<typeof acme, "vectors">, list: typeof outside) => {
            for (const one of list) {
              if ("vector" in one) {
                await vectors.putMany("c", [{ ...one, data: one.id }]);
                items.set(one.id, one.vector);
              } else {
                await vectors.remove("c", [one.id]);
                items.delete(one.id);
              }
            }
            expect(await vectors.nearest("c", query, { limit })).toEqual(
              nearestByDefinition(items, query, limit),
            );
          };
          await act(acme, outside);
          await acme.transaction((stores) => act(stores, inside));
          expect(await acme.vectors.nearest("c", query, { limit })).toEqual(
            nearestByDefinition(items, query, limit),
          );
        },
      ),
    );
  });

  it("run a transaction again when the collection got vectors of another length meanwhile", async () => {
    const acme = memoryStorage().tenant("acme");
    let tries = 0;
    const pending = acme.transaction(async ({ vectors }) => {
      tries += 1;
      await vectors.putMany("c", [{ id: "inside", vector: Float32Array.of(1, 2), data: null }]);
      if (tries > 1) return;
      await acme.vectors.putMany("c", [{ id: "outside", vector: Float32Array.of(1, 2, 3), data: null }]);
    });
    await expect(pending).rejects.toMatchObject({
      code: "store.invalid",
      facts: { field: "items[0].vector" },
    });
    expect((await acme.vectors.nearest("c", Float32Array.of(1, 2, 3))).map(({ id: found }) => found)).toEqual(
      ["outside"],
    );
  });

  it("take a length anew once the collection is empty", async () => {
    const { vectors } = memoryStorage().tenant("acme");
    await vectors.putMany("c", [{ id: "a", vector: Float32Array.of(1, 2, 3), data: null }]);
    await vectors.remove("c", ["a"]);
    await vectors.putMany("c", [{ id: "a", vector: Float32Array.of(1, 2), data: null }]);
    expect((await vectors.nearest("c", Float32Array.of(1, 2))).length).toBe(1);
  });

  it("leave no trace of items that are over when new ones keep coming", () => {
    const collection = new VectorCollection(2);
    const instant = (second: number) => new Date(second * 1000).toISOString();
    for (let second = 0; second < 10_000; second++) {
      const item: VectorItem = { id: `${second}`, vector: Float32Array.of(1, second), data: null };
      collection.put({ ...item, expiresAt: instant(second + 20) }, instant(second));
    }
    expect(collection.size).toBeLessThan(100);
  });
});
