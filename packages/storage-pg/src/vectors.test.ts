import type { VectorItem } from "@salesagent/ports";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "./postgres.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
});

afterAll(() => database[Symbol.asyncDispose]());

const QUERY = Float32Array.of(1, 0);

/** Items around a circle, the nearest to the query last by id. */
function circle(count: number, changes: Partial<VectorItem> = {}): readonly VectorItem[] {
  return Array.from({ length: count }, (_, index) => {
    const angle = (Math.PI * (count - index)) / count;
    const id = `item-${String(index).padStart(6, "0")}`;
    return { id, vector: Float32Array.of(Math.cos(angle), Math.sin(angle)), data: index, ...changes };
  });
}

async function countItems(tenant: string): Promise<number> {
  const [row] = await database.query(
    "select count(*)::int as count from salesagent.vector_items where tenant = $1",
    [tenant],
  );
  return Number(row?.["count"]);
}

describe("collections of more than one page", () => {
  it("are written whole and searched to the end", async () => {
    await using storage = postgres({ connectionString: database.url });
    const { vectors } = storage.tenant("pages");
    await vectors.putMany("c", circle(3000)); // exactly three pages
    const matches = await vectors.nearest("c", QUERY, { limit: 3 });
    expect(matches.map(({ data }) => data)).toEqual([2999, 2998, 2997]);
    await vectors.putMany("c", [{ id: "z", vector: QUERY, data: "last" }]);
    expect((await vectors.nearest("c", QUERY, { limit: 1 })).map(({ data }) => data)).toEqual(["last"]);
    expect((await vectors.nearest("c", QUERY, { limit: 1000 })).length).toBe(1000);
  });

  it("take nothing of a batch that another length came before", async () => {
    await using storage = postgres({ connectionString: database.url });
    const { vectors } = storage.tenant("lengths");
    await vectors.putMany("c", [{ id: "a", vector: Float32Array.of(1, 0, 0), data: null }]);
    await expect(vectors.putMany("c", circle(2500))).rejects.toMatchObject({
      code: "store.invalid",
      facts: { field: "items[0].vector" },
    });
    expect(await countItems("lengths")).toBe(1);
  });

  it("have one length when processes that differ in it write first at the same time", async () => {
    const storages = Array.from({ length: 4 }, () => postgres({ connectionString: database.url }));
    const outcomes = await Promise.allSettled(
      storages.map((storage, index) => {
        const vector = new Float32Array(index + 1).fill(1);
        return storage.tenant("first").vectors.putMany("c", [{ id: `${index}`, vector, data: index }]);
      }),
    );
    await Promise.all(storages.map((storage) => storage[Symbol.asyncDispose]()));
    expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBe(1);
    expect(await countItems("first")).toBe(1);
  });

  it("settle whatever locks their items make writers wait for", async () => {
    await using storage = postgres({ connectionString: database.url, maxConnections: 8 });
    const { vectors } = storage.tenant("crossed");
    const items = circle(200);
    await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const batch = index % 2 === 0 ? items : [...items].reverse();
        await vectors.putMany("c", batch);
        await vectors.remove(
          "c",
          batch.slice(0, 5).map(({ id }) => id),
        );
        await vectors.putMany("c", batch);
      }),
    );
    expect(await countItems("crossed")).toBeGreaterThanOrEqual(190);
  });

  it("lose many items that are over when others come", async () => {
    await using storage = postgres({ connectionString: database.url });
    const { vectors } = storage.tenant("over");
    await vectors.putMany("c", circle(300, { expiresAt: "2001-01-01T00:00:00.000Z" }));
    expect(await vectors.nearest("c", QUERY)).toEqual([]);
    await vectors.putMany("c", [{ id: "item-000000", vector: QUERY, data: "again" }]);
    expect(await countItems("over")).toBe(1);
    expect((await vectors.nearest("c", QUERY)).map(({ data }) => data)).toEqual(["again"]);
  });
});
