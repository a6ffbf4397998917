import type { LeadDraft } from "@salesagent/ports";
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

function createDrafts(count: number): LeadDraft[] {
  return Array.from({ length: count }, (_, index) => ({
    company: { name: `Company ${index}`, domain: `c${index}.example`, provenance: {} },
    source: "csv:leads.csv",
    keys: [`domain:c${index}.example`, `name:company ${index}`],
  }));
}

describe("writers at once", () => {
  it("store 10,000 drafts once when two processes import them in opposite orders", async () => {
    const drafts = createDrafts(10_000);
    const reversed = [...drafts].reverse();
    const inserted = await Promise.all(
      [drafts, reversed].map(async (list) => {
        await using storage = postgres({ connectionString: database.url });
        const { leads } = storage.tenant("import");
        let count = 0;
        for (let start = 0; start < list.length; start += 500) {
          const outcomes = await leads.insertMany(list.slice(start, start + 500));
          count += outcomes.filter((outcome) => outcome.status === "inserted").length;
        }
        return count;
      }),
    );
    const [row] = await database.query(
      `select count(*)::int as leads, count(distinct company->>'domain')::int as domains,
        (select count(*)::int from salesagent.lead_keys where tenant = 'import') as keys
       from salesagent.leads where tenant = 'import'`,
    );
    expect(row).toEqual({ leads: 10_000, domains: 10_000, keys: 20_000 });
    expect(inserted.reduce((sum, count) => sum + count, 0)).toBe(10_000);
  });

  it("settle whatever locks their keys make them wait for", async () => {
    await using storage = postgres({ connectionString: database.url, maxConnections: 8 });
    const { leads } = storage.tenant("crossed");
    const drafts = createDrafts(60);
    const shuffles = Array.from({ length: 8 }, (_, offset) => [
      ...drafts.slice(offset * 7),
      ...drafts.slice(0, offset * 7),
    ]);
    await Promise.all(
      shuffles.map(async (list) => {
        for (let start = 0; start < list.length; start += 13)
          await leads.insertMany(list.slice(start, start + 13));
      }),
    );
    expect(await leads.count()).toBe(60);
  });

  it("are told when a transaction kept colliding to the end", async () => {
    await using storage = postgres({ connectionString: database.url });
    const acme = storage.tenant("collides");
    const [draft] = createDrafts(1);
    if (draft === undefined) throw new Error("no draft");
    const [outcome] = await acme.leads.insertMany([draft]);
    const id = outcome?.id ?? "";
    let tries = 0;
    const pending = acme.transaction(async (stores) => {
      tries += 1;
      await stores.leads.get(id);
      await acme.leads.replace(id, draft); // from outside of it, every time
      await stores.leads.replace(id, draft);
    });
    await expect(pending).rejects.toMatchObject({ code: "store.unavailable", replay: "safe" });
    expect(tries).toBe(10);
  });

  it.each([
    ["serializable", 2],
    ["read-committed", 1],
  ] as const)(
    "to a row that a %s transaction adds to make its callback run %i times",
    async (isolation, expected) => {
      await using storage = postgres({ connectionString: database.url });
      const acme = storage.tenant(`adds-${isolation}`);
      const counters = { calls: 1, failedCalls: 0, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 };
      const place = { day: "2026-05-01", agent: "a", provider: "p", modelId: "m" };
      const row = { ...place, ...counters, reasoningTokens: 0, costNanoUsd: 5, unpricedCalls: 0 };
      let tries = 0;
      await acme.transaction(
        async ({ runs, usage }) => {
          tries += 1;
          await runs.list();
          if (tries === 1) await acme.usage.addMany([row]); // from outside of it
          await usage.addMany([row]);
        },
        { isolation },
      );
      expect(tries).toBe(expected);
      expect(await acme.usage.list()).toMatchObject([{ ...place, calls: 2 }]);
    },
  );
});
