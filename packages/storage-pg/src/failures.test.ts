import { createServer } from "node:net";
import { inspect } from "node:util";
import type { Storage } from "@salesagent/ports";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "./postgres.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "./testing/test-database.js";

const SECRET = "s3cr%2Ft&plänted";
const PLAIN_SECRET = "s3cr/t&plänted";
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
  pool = openTestPool({ connectionString: database.url, max: 1 });
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

/** Everything of an error that a log could show: hidden properties, causes and the stack too. */
const allOf = (error: unknown) => inspect(error, { depth: 20, showHidden: true });

async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

function changed(change: (url: URL) => void): string {
  const url = new URL(database.url);
  change(url);
  return url.href;
}

describe("failures", () => {
  it("says what to do when nothing listens, without the password", async () => {
    const port = await findClosedPort();
    await using storage = postgres({ connectionString: `postgres://ada:${SECRET}@127.0.0.1:${port}/x` });
    const error = await failureOf(storage.tenant("acme").leads.count());
    expect(error).toMatchObject({
      code: "store.unavailable",
      replay: "safe",
      facts: { store: "leads", vendorCode: "ECONNREFUSED" },
      message: expect.stringContaining("Check host and port"),
    });
    expect(allOf(error)).not.toContain("s3cr");
  });

  it("says what to do when the password is wrong, without the password", async () => {
    const connectionString = changed((url) => {
      url.password = PLAIN_SECRET;
    });
    await using storage = postgres({ connectionString });
    const error = await failureOf(storage.migrate());
    expect(error).toMatchObject({
      code: "store.unavailable",
      replay: "safe",
      facts: { vendorCode: "28P01" },
    });
    expect(allOf(error)).not.toContain("s3cr");
  });

  it("keeps the password to itself when the connection string can't be read", async () => {
    const bad = [`postgres://ada:${SECRET}@host:not-a-port/x`, `postgres://ada:${SECRET}@[::/x`];
    for (const connectionString of bad) {
      await using storage = postgres({ connectionString });
      const error = await failureOf(storage.tenant("acme").leads.count());
      expect(error).toMatchObject({ code: "store.unavailable" });
      expect(allOf(error)).not.toContain("s3cr");
      expect(allOf(error)).not.toContain("plänted");
    }
  });

  it("tells of them in a ping too, and answers one when all is well", async () => {
    await using storage = postgres({ connectionString: database.url });
    expect(await storage.ping()).toBe(undefined);
    const port = await findClosedPort();
    await using gone = postgres({ connectionString: `postgres://ada:${SECRET}@127.0.0.1:${port}/x` });
    const error = await failureOf(gone.ping());
    expect(error).toMatchObject({
      code: "store.unavailable",
      replay: "safe",
      facts: { vendorCode: "ECONNREFUSED" },
    });
    expect(allOf(error)).not.toContain("s3cr");
  });

  it("says that the database is not there", async () => {
    const connectionString = changed((url) => {
      url.pathname = "/nowhere";
    });
    await using storage = postgres({ connectionString });
    await expect(storage.migrate()).rejects.toMatchObject({
      facts: { vendorCode: "3D000" },
      message: expect.stringContaining("database does not exist"),
    });
  });

  it("names the privilege that a role lacks", async () => {
    await using storage = postgres({ connectionString: await database.createRole([]) });
    await expect(storage.tenant("acme").leads.count()).rejects.toMatchObject({
      code: "store.unavailable",
      facts: { vendorCode: "42501" },
      message: expect.stringContaining("Grant"),
    });
  });

  it("shows no data of rows in an error", async () => {
    await using storage = postgres({ pool, createId: () => "one-id" });
    const { leads } = storage.tenant("twice");
    await leads.insertMany([draft("planted@example.com")]);
    const error = await failureOf(leads.insertMany([draft("planted2@example.com")]));
    expect(error).toMatchObject({ code: "store.invalid" });
    expect(allOf(error)).not.toContain("planted");
  });
});

describe("a connection that is lost", () => {
  const killOthers = () =>
    database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );

  it("fails a transaction in its middle, and leaves nothing half written", async () => {
    await using storage = postgres({ pool });
    const acme = storage.tenant("killed");
    const error = await failureOf(
      acme.transaction(async ({ leads, audit }) => {
        await leads.insertMany([draft("one")]);
        await killOthers();
        await audit.addMany([
          { id: "1", at: "2026-05-01T00:00:00Z", actor: "a", action: "b", subject: "c", facts: {} },
        ]);
      }),
    );
    expect(error).toMatchObject({ code: "store.unavailable", replay: "unsafe" });
    expect(await acme.leads.count()).toBe(0);
    expect((await acme.audit.list()).items).toEqual([]);
  });

  it("fails a transaction that is about to commit", async () => {
    await using storage = postgres({ pool });
    const acme = storage.tenant("killed-late");
    const pending = acme.transaction(async ({ leads }) => {
      await leads.insertMany([draft("one")]);
      await killOthers();
    });
    await expect(pending).rejects.toMatchObject({ code: "store.unavailable" });
    expect(await acme.leads.count()).toBe(0);
  });

  it("leaves the outcome of a reservation unknown, which is not to be repeated", async () => {
    await using storage = postgres({ connectionString: database.url, maxConnections: 1 });
    const { budgets } = storage.tenant("killed-reserve");
    const claims = [{ key: "day", limits: { calls: 5 } }];
    const amounts = { nanoUsd: 0, tokens: 0, calls: 1 };
    const leaseUntil = "2999-01-01T00:00:00.000Z";
    await budgets.reserve({ id: "first", claims, amounts, leaseUntil });
    const locker = await pool.connect();
    await locker.query("begin");
    await locker.query("select from salesagent.budget_lines where tenant = 'killed-reserve' for update");
    const pending = failureOf(budgets.reserve({ id: "second", claims, amounts, leaseUntil }));
    const killBlocked = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;
    let killed: readonly unknown[] = [];
    while (killed.length === 0) killed = await database.query(killBlocked); // it may not have come so far yet
    expect(await pending).toMatchObject({
      code: "store.unavailable",
      replay: "unsafe",
      facts: { store: "budgets", vendorCode: "57P01" },
    });
    await locker.query("rollback");
    locker.release();
    expect((await budgets.read(["day"])).map(({ held }) => held.calls)).toEqual([1]);
  });

  it("is replaced by the next call", async () => {
    await using storage = postgres({ connectionString: database.url, maxConnections: 2 });
    const acme = storage.tenant("replaced");
    await acme.leads.insertMany([draft("one")]);
    await killOthers();
    const counts: number[] = [];
    while (counts.length === 0) {
      // the pool may not have heard of it yet: a read may be told once
      await acme.leads.count().then(
        (count) => counts.push(count),
        (error: unknown) => expect(error).toMatchObject({ code: "store.unavailable", replay: "safe" }),
      );
    }
    expect(counts).toEqual([1]);
  });
});

describe("a pool that is exhausted", () => {
  /** Holds the only connection until `release` is called. */
  async function hold(storage: Storage): Promise<{ release(): void; done: Promise<unknown> }> {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered: () => void = () => {};
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const done = storage.tenant("holder").transaction(async () => {
      entered();
      await held;
    });
    await inside;
    return { release, done };
  }

  it("lets calls wait until a connection is free", async () => {
    await using storage = postgres({ pool });
    const { release, done } = await hold(storage);
    const waiting = Promise.all(Array.from({ length: 5 }, () => storage.tenant("acme").leads.count()));
    release();
    expect(await waiting).toEqual([0, 0, 0, 0, 0]);
    await done;
  });

  it("ends the wait of a caller who aborts, and sends nothing for it", async () => {
    await using storage = postgres({ pool });
    const { release, done } = await hold(storage);
    const caller = new AbortController();
    const { leads } = storage.tenant("aborted");
    const waiting = leads.insertMany([draft("one")], { signal: caller.signal });
    const reason = new Error("prospect hung up");
    caller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    release();
    await done;
    expect(await leads.count()).toBe(0);
  });

  it("ends the wait of a ping whose caller leaves", async () => {
    await using storage = postgres({ pool });
    const { release, done } = await hold(storage);
    const caller = new AbortController();
    const waiting = storage.ping({ signal: caller.signal });
    const reason = new Error("health check is over");
    caller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    release();
    await done;
    expect(await storage.ping()).toBe(undefined);
  });

  it("says so when no connection becomes free in time", async () => {
    await using storage = postgres({
      connectionString: database.url,
      maxConnections: 1,
      connectTimeoutMs: 500,
    });
    await storage.tenant("acme").leads.count();
    const { release, done } = await hold(storage);
    await expect(storage.tenant("acme").leads.count()).rejects.toMatchObject({
      code: "store.unavailable",
      replay: "safe",
      message: expect.stringContaining("maxConnections"),
    });
    release();
    await done;
  });
});
