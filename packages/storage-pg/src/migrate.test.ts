import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stores } from "./migrations/0001-stores.js";
import { postgres } from "./postgres.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

const draft = { company: { provenance: {} }, source: "csv:a.csv", keys: ["name:one"] };

/** What the first release installed: the text of a released migration never changes. */
const FIRST_CHECKSUM = "3d08eb03b1790c9a914e5ab9f11749bd34a1e14f2b61234193c525ec49a37c1a";

/** A schema as the first release left it, with a lead and a model call in it. */
async function installFirst(schema: string): Promise<void> {
  await database.query(`create schema ${schema}`);
  await database.query(stores.replaceAll("$schema", schema));
  await database.query(
    `create table ${schema}.migrations (number integer primary key, name text not null, checksum text not null,
      applied_at timestamptz not null default now())`,
  );
  await database.query(`insert into ${schema}.migrations values (1, 'stores', $1)`, [FIRST_CHECKSUM]);
  await database.query(
    `insert into ${schema}.leads (tenant, id, source, stage, company, custom, keys, revision, created_at, updated_at)
     values ('acme', 'lead-1', 'csv:a.csv', 'new', '{"provenance": {}}', '{}', '["name:one"]', 1, now(), now())`,
  );
  await database.query(
    `insert into ${schema}.model_calls (tenant, id, provider, model_id, outcome, usage, cost_nano_usd, started_at, latency_ms)
     values ('acme', 'call-1', 'p', 'm', 'completed', '{"inputTokens":1}', 1500000, '2026-05-01T09:00:00Z', 12)`,
  );
}

describe("migrate", () => {
  it("installs once when twenty processes install at once", async () => {
    const storages = Array.from({ length: 20 }, () =>
      postgres({ connectionString: database.url, schema: "twenty", maxConnections: 1 }),
    );
    await Promise.all(storages.map((storage) => storage.migrate()));
    await Promise.all(storages.map((storage) => storage[Symbol.asyncDispose]()));
    const rows = await database.query(
      "select number, name, length(checksum) as length from twenty.migrations order by number",
    );
    expect(rows).toEqual([
      { number: 1, name: "stores", length: 64 },
      { number: 2, name: "routing", length: 64 },
      { number: 3, name: "flows", length: 64 },
      { number: 4, name: "memory", length: 64 },
    ]);
  });

  it("brings a schema of the first release up to date with what it holds, from two processes at once", async () => {
    await installFirst("first");
    const options = { connectionString: database.url, schema: "first" };
    await using one = postgres(options);
    await using two = postgres(options);
    await Promise.all([one.migrate(), two.migrate()]);
    const { leads, modelCalls, budgets } = one.tenant("acme");
    expect(await leads.count()).toBe(1);
    const old = {
      ...{ id: "call-1", provider: "p", modelId: "m", outcome: "completed", usage: { inputTokens: 1 } },
      ...{ costUsd: 0.0015, startedAt: "2026-05-01T09:00:00.000Z", latencyMs: 12 },
    };
    expect((await modelCalls.list()).items).toEqual([old]);
    const links = { purpose: "failover", feeUsd: 0.001, leadId: "lead-1", campaignId: "spring" } as const;
    const [listed] = (await modelCalls.list()).items;
    if (listed === undefined) throw new Error("no call");
    await modelCalls.addMany([{ ...listed, id: "call-2", ...links }]);
    expect((await modelCalls.list()).items[1]).toEqual({ ...old, id: "call-2", ...links });
    expect(await budgets.lapse()).toBe(0);
  });

  it("asks for itself where a schema of the first release lacks a new table or column", async () => {
    await installFirst("behind");
    await using storage = postgres({ connectionString: database.url, schema: "behind" });
    const { budgets, modelCalls } = storage.tenant("acme");
    for (const call of [() => budgets.read(["day"]), () => modelCalls.list()]) {
      await expect(call()).rejects.toMatchObject({
        code: "store.unavailable",
        message: expect.stringContaining("storage.migrate()"),
      });
    }
  });

  it("keeps schemas of one database apart", async () => {
    await using one = postgres({ connectionString: database.url, schema: "one" });
    await using two = postgres({ connectionString: database.url, schema: "two" });
    await Promise.all([one.migrate(), two.migrate()]);
    await one.tenant("acme").leads.insertMany([draft]);
    expect(await one.tenant("acme").leads.count()).toBe(1);
    expect(await two.tenant("acme").leads.count()).toBe(0);
  });

  it("passes for a role that may create nothing, once all is installed", async () => {
    await using owner = postgres({ connectionString: database.url, schema: "owned" });
    await owner.migrate();
    const url = await database.createRole([
      "grant usage on schema owned to ROLE",
      "grant select on all tables in schema owned to ROLE",
    ]);
    await using guest = postgres({ connectionString: url, schema: "owned" });
    await guest.migrate();
    expect(await guest.tenant("acme").leads.count()).toBe(0);
  });

  it("refuses a schema whose migrations were others", async () => {
    await using storage = postgres({ connectionString: database.url, schema: "edited" });
    await storage.migrate();
    await database.query("update edited.migrations set checksum = 'another'");
    await expect(storage.migrate()).rejects.toMatchObject({
      code: "store.invalid",
      facts: { field: "migrations[1].checksum" },
    });
  });

  it("leaves nothing behind when it fails half-way", async () => {
    await database.query("create schema taken");
    await database.query("create table taken.imports (id text)");
    await using storage = postgres({ connectionString: database.url, schema: "taken" });
    await expect(storage.migrate()).rejects.toMatchObject({
      code: "store.unavailable",
      facts: { vendorCode: "42P07" },
    });
    const rows = await database.query("select tablename from pg_tables where schemaname = 'taken'");
    expect(rows).toEqual([{ tablename: "imports" }]);
  });

  it("is asked for by a call that finds no tables", async () => {
    await using storage = postgres({ connectionString: database.url, schema: "absent" });
    await expect(storage.tenant("acme").leads.count()).rejects.toMatchObject({
      code: "store.unavailable",
      message: expect.stringContaining("storage.migrate()"),
    });
  });
});
