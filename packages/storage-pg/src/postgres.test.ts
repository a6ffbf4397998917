import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "./postgres.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "./testing/test-database.js";

const draft = (name: string) => ({
  company: { provenance: {} },
  source: "csv:a.csv",
  keys: [`name:${name}`],
});

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
  pool = openTestPool({ connectionString: database.url, max: 2 });
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

describe("postgres", () => {
  it("connects to nothing before the first call, and closes without having connected", async () => {
    await using storage = postgres({ connectionString: "postgres://nobody@nowhere.invalid/x" });
    expect(storage.tenant("acme").tenant).toBe("acme");
  });

  it("leaves the host's pool open", async () => {
    const storage = postgres({ pool });
    await storage.tenant("acme").leads.count();
    await storage[Symbol.asyncDispose]();
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    expect(pool.ended).toBe(false);
  });

  it("names the option that is wrong", () => {
    const url = "postgres://localhost/x";
    expect(() => postgres({ connectionString: "" })).toThrow(/postgres\.connectionString/);
    expect(() => postgres({ connectionString: url, schema: 'a"b' })).toThrow(/postgres\.schema/);
    expect(() => postgres({ connectionString: url, maxConnections: 0 })).toThrow(/postgres\.maxConnections/);
    expect(() => postgres({ connectionString: url, connectTimeoutMs: -1 })).toThrow(
      /postgres\.connectTimeoutMs/,
    );
    // @ts-expect-error both ways to connect at once
    expect(() => postgres({ connectionString: url, pool })).toThrow(/not both/);
    // @ts-expect-error not a pool
    expect(() => postgres({ pool: {} })).toThrow(/postgres\.pool/);
  });

  it("reads its columns right where the host changed pg's types and the session's settings", async () => {
    const odd = openTestPool({
      connectionString: database.url,
      max: 1,
      options: "-c datestyle=German -c timezone=Asia/Kathmandu -c extra_float_digits=1",
      types: { getTypeParser: () => () => "changed by the host" },
    });
    const storage = postgres({ pool: odd });
    const { runs, usage } = storage.tenant("odd");
    const run = {
      id: "1",
      agent: "a",
      status: "running",
      input: [1.5],
      latencyMs: 0.1,
      costUsd: 0.25,
    } as const;
    const startedAt = "2026-05-01T09:30:00.123Z";
    await runs.create({ ...run, startedAt });
    expect(await runs.get("1")).toEqual({ ...run, startedAt });
    const counters = { calls: 1, failedCalls: 0, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 };
    const row = { day: "2026-05-01", agent: "a", provider: "p", modelId: "m", ...counters };
    await usage.addMany([{ ...row, reasoningTokens: 0, costNanoUsd: 5, unpricedCalls: 0 }]);
    expect(await usage.list({ from: "2026-05-01", until: "2026-05-01" })).toMatchObject([row]);
    await odd.end();
  });

  it("rejects at once when aborted in the middle of a statement, and gives the connection back", async () => {
    await using storage = postgres({ connectionString: database.url, maxConnections: 1 });
    const { leads } = storage.tenant("locked");
    const [outcome] = await leads.insertMany([draft("one")]);
    const locker = await pool.connect();
    await locker.query("begin");
    await locker.query("select from salesagent.leads where tenant = 'locked' for update");
    const caller = new AbortController();
    const pending = leads.replace(outcome?.id ?? "", draft("one"), { signal: caller.signal });
    const reason = new Error("prospect hung up");
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    await locker.query("rollback");
    locker.release();
    expect(await leads.count()).toBe(1);
  });

  it("does not commit a transaction one of whose statements failed, though the callback went on", async () => {
    await using storage = postgres({ pool, createId: () => "one-id" });
    const acme = storage.tenant("swallowed");
    const pending = acme.transaction(async ({ leads }) => {
      await leads.insertMany([draft("one")]);
      await leads.insertMany([draft("two")]).catch(() => {}); // fails: the id is taken
      return "done";
    });
    await expect(pending).rejects.toMatchObject({ code: "store.invalid" });
    expect(await acme.leads.count()).toBe(0);
  });
});
