import type { TenantStores } from "@salesagent/ports";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "./postgres.js";
import { contact, link, linkWant, webhook } from "./testing/sync-rows.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "./testing/test-database.js";

const GRANTS = [
  "grant usage on schema salesagent to ROLE",
  "grant select, insert, update, delete on all tables in schema salesagent to ROLE",
];
const draft = (name: string) => ({
  company: { name, provenance: {} },
  source: "csv:a.csv",
  keys: [`name:${name}`],
});

let database: TestDatabase;
let pool: pg.Pool;
let tables: readonly string[];

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
  const acme = storage.tenant("acme");
  const [lead] = await acme.leads.insertMany([draft("one")]);
  const found = { id: "1", kind: "qualification", leadId: lead?.id ?? "", score: 71, data: {} } as const;
  await acme.results.addMany([{ ...found, createdAt: "2026-05-01T09:00:00.000Z" }]);
  await fillShared(acme);
  const rows = await database.query("select tablename from pg_tables where schemaname = 'salesagent'");
  tables = rows.map((row) => String(row["tablename"])).filter((name) => name !== "migrations");
  pool = openTestPool({ connectionString: await database.createRole(GRANTS), max: 1 });
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const SHARED = [
  "budget_lines",
  "budget_reservations",
  "cache_entries",
  "breakers",
  "breaker_probes",
  "vector_collections",
  "vector_items",
  "facts",
  "workflows",
  "workflow_versions",
  "threads",
  "messages",
  "records",
  "record_keys",
  "crm_links",
  "sync_cursors",
  "sync_runs",
  "sync_entries",
  "conflicts",
  "dead_letters",
  "inbox",
  "rate_budgets",
  "leases",
  "credentials",
  "streams",
  "stream_events",
  "api_keys",
  "lead_scores",
];

/** Puts one row into each of the tables that processes share. */
async function fillShared(stores: TenantStores): Promise<void> {
  const { budgets, cache, breakers, vectors, facts, workflows, messages } = stores;
  const [at, until] = ["2026-05-01T09:00:00.000Z", "2999-01-01T00:00:00.000Z"];
  const claims = [{ key: "day", limits: { calls: 1 } }];
  await budgets.reserve({ id: "1", claims, amounts: { nanoUsd: 0, tokens: 0, calls: 1 }, leaseUntil: until });
  await cache.put({ key: "answer", value: "of acme", createdAt: at, expiresAt: until });
  await breakers.put({ name: "model", state: "open", changedAt: at });
  await breakers.claimProbe("model", "process", until);
  await vectors.putMany("answers", [{ id: "1", vector: Float32Array.of(1, 0), data: "of acme" }]);
  await facts.putMany([{ id: "1", subject: "person:bo", text: "Likes mornings.", createdAt: at }]);
  await workflows.add({ name: "outreach", version: "1", definition: { of: "acme" } });
  const part = { type: "text" as const, text: "Hello", origin: "user" as const };
  await messages.append("mail-1", [{ message: { role: "user", parts: [part] }, createdAt: at }]);
  await fillSync(stores);
  await fillStreams(stores);
}

/** Puts one row into each of the tables of streams and keys. */
async function fillStreams({ streams, apiKeys }: TenantStores): Promise<void> {
  await streams.open({ id: "run-1", source: "agent:chat", threadId: "mail-1", startedBy: "user:42" });
  await streams.append([{ id: "run-1", fence: 1, after: 0, events: [{ type: "text", data: "of acme" }] }]);
  const [hash, createdAt] = ["h".repeat(43), "2026-05-01T09:00:00.000Z"];
  await apiKeys.add({ id: "key-1", name: "CI", hash, role: "member", createdBy: "user:42", createdAt });
}

/** Puts one row into each of the tables of syncs. */
async function fillSync(stores: TenantStores): Promise<void> {
  const at = "2026-05-01T09:00:00.000Z";
  const of = { connection: "close", kind: "contact" as const, recordId: "1" };
  const error = { code: "x", message: "y" };
  await stores.records.writeMany([contact("1")]);
  await stores.links.writeMany([{ link: link("1") }]);
  await stores.syncCursors.put({ connection: "close", name: "contact/changes", value: { of: "acme" } });
  await stores.syncRuns.put({
    ...{ id: "1", connection: "close", kinds: ["contact"], trigger: "manual", direction: "both" },
    ...{ status: "running", counts: {}, startedAt: at },
  });
  const entry = { id: "1", connection: "close", kind: "contact" as const, action: "linked", at };
  await stores.syncRuns.log([{ ...entry, recordIds: ["1"], crmIds: ["crm-1"] }]);
  const conflict = {
    field: "title",
    policy: "review",
    base: null,
    app: "a",
    crm: "b",
    status: "open" as const,
  };
  await stores.conflicts.addMany([{ ...of, ...conflict, id: "1", foundAt: at }]);
  await stores.deadLetters.add({ ...of, id: "1", operation: "create", payload: {}, error, addedAt: at });
  await stores.inbox.put(webhook("1"));
  await stores.rateBudgets.take({ key: "close", windows: [{ name: "day", limit: 5, windowMs: 86_400_000 }] });
  await stores.leases.acquire("refresh", "process", 86_400_000);
  await stores.credentials.put({ platform: "close", account: "1", keyId: "k1", sealed: "c2VhbGVk" });
}

/** Rows of a table that the role sees with the tenant set, or with none. */
async function countAs(tenant: string | undefined, table: string): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("reset salesagent.tenant");
    if (tenant !== undefined)
      await client.query("select set_config('salesagent.tenant', $1, true)", [tenant]);
    const { rows } = await client.query<{ count: string }>(`select count(*) from salesagent.${table}`);
    await client.query("rollback");
    return Number(rows[0]?.count);
  } finally {
    client.release(true);
  }
}

describe("row-level security", () => {
  it("is on, and forced on the owner, for every table of the stores", async () => {
    const rows = await database.query(
      `select relname, relrowsecurity and relforcerowsecurity as forced from pg_class
       where relnamespace = 'salesagent'::regnamespace and relkind = 'r' and relname <> 'migrations'`,
    );
    expect(rows).toHaveLength(45);
    expect(rows.filter((row) => row["forced"] !== true)).toEqual([]);
  });

  it("shows a role that owns nothing the rows of the tenant that is set, and no others", async () => {
    expect(await countAs("acme", "leads")).toBe(1);
    for (const table of tables) {
      expect(await countAs(undefined, table)).toBe(0);
      expect(await countAs("other", table)).toBe(0);
      expect(await countAs("", table)).toBe(0);
    }
  });

  it("shows the tables that processes share to their tenant, and hides them from others", async () => {
    for (const table of SHARED) {
      expect([table, await countAs("acme", table), await countAs("other", table)]).toEqual([table, 1, 0]);
    }
  });

  it("gives two tenants the same names in every store", async () => {
    await using storage = postgres({ pool });
    const other = storage.tenant("other-names");
    await fillShared(other);
    const line = {
      key: "day",
      spent: { nanoUsd: 0, tokens: 0, calls: 0 },
      held: { nanoUsd: 0, tokens: 0, calls: 1 },
    };
    for (const stores of [storage.tenant("acme"), other]) {
      expect(await stores.budgets.read(["day"])).toEqual([line]);
      expect(await stores.breakers.claimProbe("model", "another", "2999-01-01T00:00:00.000Z")).toBe(false);
    }
    expect(await other.budgets.settle("1", line.spent)).toBe(true);
    expect(await storage.tenant("acme").budgets.read(["day"])).toEqual([line]);
  });

  it("gives no tenant what another keeps of a sync, of streams and of keys, by the same ids", async () => {
    await using storage = postgres({ pool });
    const other = storage.tenant("stranger");
    expect(await other.records.getMany("contact", ["1"])).toEqual([undefined]);
    expect(await other.records.findByKeys("contact", ["email:1@fjord.example"])).toEqual([]);
    expect((await other.records.changes("contact")).records).toEqual([]);
    expect(await other.links.findByRecords("close", "contact", ["1"])).toEqual([undefined]);
    expect(await other.links.findByCrmIds("close", "contact", ["crm-1"])).toEqual([undefined]);
    const hint = { connection: "close", kind: "contact" as const, dueAt: "2001-01-01T00:00:00.000Z" };
    expect(await other.links.hint({ ...hint, recordIds: ["1"] })).toBe(0);
    expect(await other.links.claim(linkWant())).toEqual([]);
    expect(await other.inbox.claim({ source: "close", leaseMs: 1000, limit: 5 })).toEqual([]);
    expect(await other.leases.acquire("refresh", "stranger", 1000)).toBe(1);
    expect(await other.credentials.get("close", "1")).toBe(undefined);
    expect(await other.streams.read("run-1")).toBe(undefined);
    expect(await other.streams.append([{ id: "run-1", fence: 2, after: 1, events: [] }])).toEqual([
      { status: "unknown" },
    ]);
    expect(await other.streams.requestStop("run-1", { by: "x", reason: "y" })).toBe(false);
    expect(await other.streams.open({ id: "run-1", source: "agent:chat" })).toBe(true);
    expect(await other.apiKeys.get("key-1")).toBe(undefined);
    expect(await other.apiKeys.revoke("key-1", "2026-05-01T09:00:00.000Z")).toBe(false);
    expect(
      (await other.links.writeMany([{ link: link("2", { crmId: "crm-1" }), ifRevision: null }]))[0],
    ).toEqual({
      ...{ status: "written", revision: 1 },
    });
  });

  it.each(SHARED)(
    "lets no tenant write %s for another, nor change or delete what another has there",
    async (table) => {
      const client = await pool.connect();
      try {
        await client.query("begin");
        await client.query("select set_config('salesagent.tenant', 'intruder', true)");
        expect((await client.query(`update salesagent.${table} set tenant = 'intruder'`)).rowCount).toBe(0);
        expect((await client.query(`delete from salesagent.${table}`)).rowCount).toBe(0);
        const names = "string_agg(quote_ident(attname), ', ' order by attnum)";
        const { rows } = await client.query<{ names: string }>(
          `select ${names} as names from pg_attribute where attrelid = 'salesagent.${table}'::regclass
         and attnum > 0 and not attisdropped and attidentity = '' and attname <> 'tenant'`,
        );
        const copied = rows[0]?.names ?? "";
        await client.query("select set_config('salesagent.tenant', 'acme', true)");
        const copy = `insert into salesagent.${table} (tenant, ${copied}) select 'stolen', ${copied} from salesagent.${table}`;
        await expect(client.query(copy)).rejects.toMatchObject({ code: "42501" });
      } finally {
        client.release(true);
      }
    },
  );

  it.each(["acme", undefined])("refuses a write for another tenant while %s is set", async (tenant) => {
    const client = await pool.connect();
    try {
      if (tenant !== undefined)
        await client.query("select set_config('salesagent.tenant', $1, false)", [tenant]);
      const insert = "insert into salesagent.lead_keys (tenant, key, lead_id) values ('other', 'a:1', 'x')";
      await expect(client.query(insert)).rejects.toMatchObject({ code: "42501" });
    } finally {
      client.release(true);
    }
  });

  it("leaves rows of other tenants alone when one updates or deletes everything", async () => {
    const client = await pool.connect();
    try {
      await client.query("select set_config('salesagent.tenant', 'other', false)");
      expect((await client.query("update salesagent.leads set stage = 'lost'")).rowCount).toBe(0);
      expect((await client.query("delete from salesagent.leads")).rowCount).toBe(0);
    } finally {
      client.release(true);
    }
  });

  it.each(["session", "transaction"] as const)(
    "follows the tenant of each call when storages share one connection, with %s pooling",
    async (pooling) => {
      await using first = postgres({ pool, pooling });
      await using second = postgres({ pool, pooling });
      const [a, b] = [first.tenant(`a-${pooling}`), second.tenant(`b-${pooling}`)];
      await a.leads.insertMany([draft("a")]);
      await b.leads.insertMany([draft("b1"), draft("b2")]);
      expect([await a.leads.count(), await b.leads.count(), await a.leads.count()]).toEqual([1, 2, 1]);
      await expect(a.transaction(() => Promise.reject(new Error("stop")))).rejects.toThrow("stop");
      expect([await a.leads.count(), await b.leads.count()]).toEqual([1, 2]);
    },
  );

  it("leaves no tenant set on the connection with transaction pooling", async () => {
    (await pool.connect()).release(true); // the next connection is a new one
    await using storage = postgres({ pool, pooling: "transaction" });
    await storage.tenant("acme").leads.count();
    await storage.tenant("acme").transaction(({ leads }) => leads.count());
    const { rows } = await pool.query<{ tenant: string | null }>(
      "select nullif(current_setting('salesagent.tenant', true), '') as tenant",
    );
    expect(rows[0]?.tenant).toBe(null);
  });
});
