import { SalesAgentError, type StreamWrite, type StreamWritten } from "@salesagent/ports";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PgTenantStorage, postgres } from "../postgres.js";
import { emptyTables } from "../testing/emptied-storage.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "../testing/test-database.js";

const APPENDS = 20;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
  pool = openTestPool({ connectionString: database.url, max: 1 });
});

beforeEach(() => emptyTables(database));

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

type Streams = PgTenantStorage["streams"];

const write = (after: number, changes: Partial<StreamWrite> = {}): StreamWrite => ({
  ...{ id: "run-1", fence: 1, after, events: [{ type: "text-delta", data: after + 1 }] },
  ...changes,
});
const dataOf = async (streams: Streams) =>
  (await streams.read("run-1", { limit: 1000 }))?.events.map(({ seq, data }) => [seq, data]);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => [index + 1, index + 1]);
const rowsOfEvents = async () =>
  (await database.query("select count(*)::int as count from salesagent.stream_events"))[0]?.["count"];

/** Waits until a statement waits for a lock. */
async function untilBlocked(): Promise<void> {
  const blocked = `select 1 from pg_stat_activity
    where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`;
  while ((await database.query(blocked)).length === 0); // it may not have come so far yet
}

/** Runs SQL in a transaction that stays open until it is ended. */
async function holding(sql: string): Promise<{ end(how: "commit" | "rollback"): Promise<void> }> {
  const client = await pool.connect();
  await client.query("begin");
  await client.query(sql);
  return {
    async end(how) {
      await client.query(how);
      client.release();
    },
  };
}

describe("an append", () => {
  it("whose connection is lost has an unknown outcome, and may be made again: it stands once", async () => {
    await using storage = postgres({ connectionString: database.url });
    const { streams } = storage.tenant("acme");
    await streams.open({ id: "run-1", source: "agent:chat" });
    const lock = await holding("select from salesagent.streams for update");
    const pending = streams.append([write(0)]).catch((error: unknown) => error);
    await untilBlocked();
    await database.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`);
    expect(await pending).toMatchObject({ code: "store.unavailable", replay: "unsafe" });
    await lock.end("rollback");
    expect(await streams.append([write(0)])).toEqual([{ status: "written", last: 1 }]);
    expect(await streams.append([write(0)])).toEqual([{ status: "moved", last: 1 }]);
    expect(await dataOf(streams)).toEqual(upTo(1));
  });

  it("to a stream that is dropped while it waits leaves nothing behind", async () => {
    await using storage = postgres({ connectionString: database.url });
    const { streams } = storage.tenant("acme");
    await streams.open({ id: "run-1", source: "agent:chat" });
    const dropping = await holding("delete from salesagent.streams");
    const pending = streams.append([write(0)]);
    await untilBlocked();
    await dropping.end("commit");
    expect(await pending).toEqual([{ status: "unknown" }]);
    expect(await rowsOfEvents()).toBe(0);
  });

  it("keeps its stream from being dropped until it stands", async () => {
    await using storage = postgres({ connectionString: database.url });
    const { streams, retention, transaction } = storage.tenant("acme");
    await streams.open({ id: "run-1", source: "agent:chat" });
    const later = { streams: "2999-01-01T00:00:00.000Z" };
    await transaction(async (stores) => {
      await stores.streams.append([write(0)]);
      expect((await retention.prune(later)).streams).toBe(0);
    });
    expect(await dataOf(streams)).toEqual(upTo(1));
    expect((await retention.prune(later)).streams).toBe(1);
    expect(await rowsOfEvents()).toBe(0);
  });

  it("stands once and in its place, whatever connections are lost and whoever takes over", async () => {
    await using one = postgres({ connectionString: database.url, maxConnections: 2 });
    await using other = postgres({ connectionString: database.url, maxConnections: 2 });
    await one.tenant("acme").streams.open({ id: "run-1", source: "agent:chat" });
    const insist = async (
      act: () => Promise<readonly StreamWritten[]>,
    ): Promise<StreamWritten | undefined> => {
      for (;;) {
        try {
          return (await act())[0];
        } catch (error) {
          if (!SalesAgentError.is(error, "store.unavailable")) throw error;
        }
      }
    };
    /** Appends the numbers that come next, until somebody with a newer fence does. */
    const work = async ({ streams }: Pick<PgTenantStorage, "streams">, fence: number) => {
      let after = (await streams.get("run-1").catch(() => undefined))?.last ?? 0;
      while (after < APPENDS) {
        const written = await insist(() => streams.append([write(after, { fence })]));
        if (written?.status !== "written" && written?.status !== "moved") return;
        after = written.last;
      }
    };
    let isDone = false;
    const killing = (async () => {
      while (!isDone) {
        await database.query(`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and query like 'with w (id, new_fence%' order by random() limit 1`);
      }
    })();
    try {
      await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          work((index % 2 === 0 ? one : other).tenant("acme"), Math.floor(index / 2) + 1),
        ),
      );
    } finally {
      isDone = true;
      await killing;
    }
    await using reader = postgres({ connectionString: database.url });
    const { streams } = reader.tenant("acme");
    expect(await dataOf(streams)).toEqual(upTo((await streams.get("run-1"))?.last ?? -1));
    expect((await streams.get("run-1"))?.last).toBe(APPENDS);
  });
});
