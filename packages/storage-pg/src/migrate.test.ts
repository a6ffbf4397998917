import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "./postgres.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

const draft = { company: { provenance: {} }, source: "csv:a.csv", keys: ["name:one"] };

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
    ]);
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
