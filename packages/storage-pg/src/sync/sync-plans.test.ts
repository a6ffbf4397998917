import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PgClient, PgPool } from "../pg-pool.js";
import { type PgTenantStorage, postgres } from "../postgres.js";
import { LONG_AGO, link, linkWant } from "../testing/sync-rows.js";
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

const ids = (from: number, count: number) => Array.from({ length: count }, (_, index) => `${from + index}`);
const insert = (into: string, values: string) =>
  database.query(`insert into salesagent.${into} select ${values} from generate_series(1, ${MANY}) n`);

/** What is done in each case, as it is done by workers day after day. */
const calls: Readonly<
  Record<string, (stores: Pick<PgTenantStorage, "links" | "records" | "inbox">) => Promise<unknown>>
> = {
  "claims due links": ({ links }) => links.claim(linkWant({ kinds: ["company", "contact"], limit: 20 })),
  "hints by records": ({ links }) =>
    links.hint({ connection: "close", kind: "contact", dueAt: LONG_AGO, recordIds: ids(1, 20) }),
  "hints by ids of the CRM": ({ links }) =>
    links.hint({
      connection: "close",
      kind: "contact",
      dueAt: LONG_AGO,
      crmIds: ids(1, 20).map((id) => `crm-${id}`),
    }),
  "finds links by records": ({ links }) => links.findByRecords("close", "contact", ids(50, 20)),
  "finds links by ids of the CRM": ({ links }) =>
    links.findByCrmIds(
      "close",
      "contact",
      ids(50, 20).map((id) => `crm-${id}`),
    ),
  "changes links": ({ links }) =>
    links.writeMany(
      ids(9000, 20).map((id) => ({ link: link(id, { notes: { seen: true } }), ifRevision: 1 })),
    ),
  "pages through links": ({ links }) => links.list("close", {}, { limit: 20 }),
  "lists links that are held": ({ links }) => links.list("close", { state: "held" }, { limit: 20 }),
  "lists pending removals": ({ links }) => links.list("close", { removal: "to-app" }, { limit: 20 }),
  "reads records": ({ records }) => records.getMany("contact", ids(70, 20)),
  "finds records by keys": ({ records }) =>
    records.findByKeys(
      "contact",
      ids(90, 20).map((id) => `email:${id}`),
    ),
  "changes records": ({ records }) =>
    records.writeMany(
      ids(9100, 20).map((id) => ({
        ...{ op: "put" as const, kind: "contact" as const, id, ifRevision: undefined },
        draft: { fields: {}, keys: [`email:new-${id}`] },
      })),
    ),
  "removes records": ({ records }) =>
    records.writeMany(ids(9200, 20).map((id) => ({ op: "remove" as const, kind: "contact" as const, id }))),
  "pages through records": ({ records }) => records.list("contact", { limit: 20 }),
  "follows changes": ({ records }) => records.changes("contact", { limit: 20 }),
  "claims requests to webhooks": ({ inbox }) => inbox.claim({ source: "close", leaseMs: 60_000, limit: 20 }),
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
  await database.query("delete from salesagent.records; delete from salesagent.record_keys");
  for (const table of ["records", "record_keys", "crm_links", "inbox"]) {
    await database.query(`alter table salesagent.${table} set (autovacuum_enabled = off)`);
  }
  await insert(
    "records (tenant, kind, id, changed_in, fields, keys, created_at, updated_at)",
    `'acme', 'contact', n::text, pg_current_xact_id(), '{}', json_build_array('email:' || n), now(), now()`,
  );
  await insert(
    "record_keys (tenant, key_hash, record_id)",
    `'acme', hashtextextended('acme' || chr(31) || 'contact' || chr(31) || 'email:' || n, 0), n::text`,
  );
  await insert(
    `crm_links (tenant, connection, kind, record_id, crm_id, state, removal, failures, due_at, revision, created_at,
      updated_at)`,
    `'acme', 'close', 'contact', n::text, 'crm-' || n, case when n % 1000 = 0 then 'held' else 'linked' end,
      case when n % 1000 = 1 then 'to-app' end, 0, '2001-01-01'::timestamptz + n * interval '1 second', 1, now(), now()`,
  );
  await insert(
    "inbox (tenant, id, source, key, body, hints, status, attempts, received_at)",
    `'acme', n::text, 'close', n::text, '', '{}', 'received', 0, now()`,
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

describe("tables that grew from nothing to tens of thousands of rows, and that nobody has analysed", () => {
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
    expect(read).not.toEqual([]);
    expect(read.filter(({ scanned, fetched }) => scanned > 0 || fetched > 500)).toEqual([]);
  });
});
