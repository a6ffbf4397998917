import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PgClient, PgPool } from "../pg-pool.js";
import { type PgTenantStorage, postgres } from "../postgres.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "../testing/test-database.js";

const MANY = 60_000;
/** Calls after which PostgreSQL may keep a plan for good. */
const ENOUGH_FOR_A_KEPT_PLAN = 8;
const GRANTS = [
  "grant usage on schema salesagent to ROLE",
  "grant select, insert, update, delete on all tables in schema salesagent to ROLE",
];

let database: TestDatabase;
let pool: pg.Pool;
let acme: PgTenantStorage;
let lent: PgClient | undefined;

const watched: PgPool = {
  async connect() {
    lent = await pool.connect();
    return lent;
  },
};

const insert = (into: string, values: string) =>
  database.query(`insert into salesagent.${into} select ${values} from generate_series(1, ${MANY}) n`);

const append = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `run-${from + index}`, fence: 1, after: 2 },
    events: [{ type: "text-delta", data: "more" }],
  }));

/** What is done in each case, as a server does it day after day. */
const calls: Readonly<
  Record<string, (stores: Pick<PgTenantStorage, "streams" | "apiKeys" | "runs">) => Promise<unknown>>
> = {
  "appends to a stream": ({ streams }) => streams.append(append(100, 1)),
  "appends to many streams": ({ streams }) => streams.append(append(200, 40)),
  "reads a stream": ({ streams }) => streams.read("run-300", { after: 1 }),
  "reads on in a long stream": ({ streams }) => streams.read("long", { after: 30_000, limit: 20 }),
  "asks for the end": ({ streams }) => streams.requestStop("run-400", { by: "ada", reason: "enough" }),
  "opens a stream": ({ streams }) => streams.open({ id: "new", source: "agent:chat" }),
  "pages through streams": ({ streams }) => streams.list({}, { limit: 20 }),
  "lists streams that failed": ({ streams }) => streams.list({ status: "failed" }, { limit: 20 }),
  "lists the streams of a thread": ({ streams }) => streams.list({ threadId: "mail-7" }, { limit: 20 }),
  "lists the streams of a lead": ({ streams }) => streams.list({ leadId: "lead-7" }, { limit: 20 }),
  "looks a key up": ({ apiKeys }) => apiKeys.get("key-7"),
  "notes the use of a key": ({ apiKeys }) => apiKeys.touch("key-7", "2026-05-01T09:00:00.000Z"),
  "pages through keys": ({ apiKeys }) => apiKeys.list({ limit: 20 }),
  "gives figures of a day": ({ runs }) => runs.stats({ from: "2026-05-01", until: "2026-05-01" }),
};

/** On one connection, with plans of the time when all tables were empty, as a role that row-level security holds for. */
beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
  pool = openTestPool({ connectionString: await database.createRole(GRANTS), max: 1 });
  acme = postgres({ pool: watched }).tenant("acme");
  for (let round = 0; round < ENOUGH_FOR_A_KEPT_PLAN; round++) {
    for (const call of Object.values(calls)) await call(acme);
  }
  await database.query("delete from salesagent.streams");
  for (const table of ["streams", "stream_events", "api_keys", "runs"]) {
    await database.query(`alter table salesagent.${table} set (autovacuum_enabled = off)`);
  }
  const at = "'2026-05-01'::timestamptz + n * interval '300 seconds'";
  await insert(
    "streams (tenant, id, source, status, thread_id, lead_id, last, fence, created_at, updated_at)",
    `'acme', 'run-' || n, 'agent:chat', case when n % 1000 = 0 then 'failed' else 'open' end, 'mail-' || n / 10,
      'lead-' || n / 10, 2, 1, ${at}, ${at}`,
  );
  await insert(
    "stream_events (tenant, stream_id, last, first, events)",
    `'acme', 'run-' || n, 2, 1, '[["a",1],["b",2]]'`,
  );
  await database.query(`insert into salesagent.streams (tenant, id, source, status, last, fence, created_at, updated_at)
    values ('acme', 'long', 'agent:chat', 'open', ${MANY}, 1, '2026-05-01', '2026-05-01')`);
  await insert("stream_events (tenant, stream_id, last, first, events)", `'acme', 'long', n, n, '[["a",1]]'`);
  await insert(
    "api_keys (tenant, id, name, hash, role, created_by, created_at)",
    `'acme', 'key-' || n, 'CI', 'h', 'member', 'ada', ${at}`,
  );
  await insert(
    "runs (tenant, id, agent, status, input, started_at)",
    `'acme', n::text, 'a', 'completed', '1', ${at}`,
  );
}, 60_000);

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

/** How many rows of each table this connection has read, by looking through it and by indexes. */
async function rowsRead(): Promise<Readonly<Record<string, readonly [scanned: number, fetched: number]>>> {
  const answer = await lent?.query({
    text: `select relname, coalesce(seq_tup_read, 0) as scanned, coalesce(idx_tup_fetch, 0) as fetched
      from pg_stat_xact_user_tables where schemaname = 'salesagent'`,
  });
  const rows = (answer?.rows ?? []) as readonly Record<string, unknown>[];
  return Object.fromEntries(
    rows.map((row) => [String(row["relname"]), [Number(row["scanned"]), Number(row["fetched"])]]),
  );
}

describe("streams, keys and runs that grew from nothing to tens of thousands, and that nobody has analysed", () => {
  it.each(Object.keys(calls))("are not read through by what %s", async (name) => {
    const [before, after] = await acme.transaction(
      async (stores) => {
        await stores.leads.get("the transaction begins");
        const start = await rowsRead();
        await calls[name]?.(stores);
        return [start, await rowsRead()] as const;
      },
      { isolation: "read-committed" },
    );
    const read = Object.entries(after).flatMap(([table, [scanned, fetched]]) => {
      const [scannedBefore, fetchedBefore] = before[table] ?? [0, 0];
      const rows = { table, scanned: scanned - scannedBefore, fetched: fetched - fetchedBefore };
      return rows.scanned + rows.fetched === 0 ? [] : [rows];
    });
    if (name !== "opens a stream") expect(read).not.toEqual([]);
    expect(read.filter(({ scanned, fetched }) => scanned > 0 || fetched > 1100)).toEqual([]);
  });
});
