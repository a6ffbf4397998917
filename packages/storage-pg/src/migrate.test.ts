import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stores } from "./migrations/0001-stores.js";
import { routing } from "./migrations/0002-routing.js";
import { flows } from "./migrations/0003-flows.js";
import { memory } from "./migrations/0004-memory.js";
import { postgres } from "./postgres.js";
import { contact, link } from "./testing/sync-rows.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "./testing/test-database.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

const draft = { company: { provenance: {} }, source: "csv:a.csv", keys: ["name:one"] };

/** What releases installed: the text of a released migration never changes. */
const FIRST_CHECKSUM = "3d08eb03b1790c9a914e5ab9f11749bd34a1e14f2b61234193c525ec49a37c1a";
const SECOND_CHECKSUM = "0118d2fa450faf56ce93b95bd46f2d26d30042aaab9d5c5420339100d63cc171";
const THIRD_CHECKSUM = "ad30b45c01b113f2b5f954c49889868aad2d6c22ae6181aecf57fa9b3ea6fe39";

const FOURTH_CHECKSUM = "00251c37fb6ce64155d7f9cb30dd83020edb1c788763f0d1e467487f7e07461d";

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

/** A schema that a role of its own installed as the third release left it, with a thread, runs of graphs and a budget. */
async function installThird(schema: string): Promise<string> {
  const grant = `grant create on database ${new URL(database.url).pathname.slice(1)} to ROLE`;
  const url = await database.createRole([grant]);
  const pool = openTestPool({ connectionString: url, max: 1 });
  try {
    await pool.query(`create schema ${schema}`);
    for (const sql of [stores, routing, flows]) await pool.query(sql.replaceAll("$schema", schema));
    await pool.query(
      `create table ${schema}.migrations (number integer primary key, name text not null, checksum text not null,
        applied_at timestamptz not null default now());
      insert into ${schema}.migrations values (1, 'stores', '${FIRST_CHECKSUM}'), (2, 'routing', '${SECOND_CHECKSUM}'),
        (3, 'flows', '${THIRD_CHECKSUM}');
      select set_config('salesagent.tenant', 'acme', false);
      insert into ${schema}.threads (tenant, id, next_index) values ('acme', 'old', 2), ('acme', 'empty', 0);
      insert into ${schema}.messages (tenant, thread_id, message_index, message, created_at)
        select 'acme', 'old', n, '{"role":"user","parts":[]}', '2026-05-01T09:00:00Z'::timestamptz + n * interval '1 day'
        from generate_series(0, 1) n;
      insert into ${schema}.flow_runs (tenant, id, input, created_at)
        select 'acme', id, '1', '2026-05-01T09:00:00Z' from unnest(array['done', 'waits', 'failed']) id;
      insert into ${schema}.flow_queue (tenant, id, graph, version, status, updated_at) values
        ('acme', 'done', 'bdr', '1', 'completed', '2026-05-01T09:00:00Z'),
        ('acme', 'failed', 'bdr', '1', 'failed', '2026-05-03T09:00:00Z'),
        ('acme', 'waits', 'bdr', '1', 'waiting', '2026-05-01T09:00:00Z');
      insert into ${schema}.budget_lines (tenant, key) values ('acme', 'day')`,
    );
    return url;
  } finally {
    await pool.end();
  }
}

/** A schema that a role of its own installed as the fourth release left it, with a lead and a fact. */
async function installFourth(schema: string): Promise<string> {
  const grant = `grant create on database ${new URL(database.url).pathname.slice(1)} to ROLE`;
  const url = await database.createRole([grant]);
  const pool = openTestPool({ connectionString: url, max: 1 });
  try {
    await pool.query(`create schema ${schema}`);
    for (const sql of [stores, routing, flows, memory]) await pool.query(sql.replaceAll("$schema", schema));
    await pool.query(
      `create table ${schema}.migrations (number integer primary key, name text not null, checksum text not null,
        applied_at timestamptz not null default now());
      insert into ${schema}.migrations values (1, 'stores', '${FIRST_CHECKSUM}'), (2, 'routing', '${SECOND_CHECKSUM}'),
        (3, 'flows', '${THIRD_CHECKSUM}'), (4, 'memory', '${FOURTH_CHECKSUM}');
      select set_config('salesagent.tenant', 'acme', false);
      insert into ${schema}.leads (tenant, id, source, stage, company, custom, keys, revision, created_at, updated_at)
        values ('acme', 'lead-1', 'csv:a.csv', 'new', '{"provenance": {}}', '{}', '["name:one"]', 1, now(), now());
      insert into ${schema}.facts (tenant, id, subject, text, created_at) values ('acme', '1', 'person:bo', 'Likes tea.', now())`,
    );
    return url;
  } finally {
    await pool.end();
  }
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
      { number: 5, name: "sync", length: 64 },
      { number: 6, name: "streams", length: 64 },
      { number: 7, name: "lead-lists", length: 64 },
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

  it("tells of what the third release stored when it ended, as a role that row-level security holds for", async () => {
    await using storage = postgres({ connectionString: await installThird("third"), schema: "third" });
    await storage.migrate();
    const { retention, messages, flows, facts } = storage.tenant("acme");
    const at = (day: number) => `2026-05-0${day}T09:00:00.000Z`;
    const nothing = {
      ...{ checkpoints: 0, flows: 0, runs: 0, effects: 0, approvals: 0, messages: 0, audit: 0, budgets: 0 },
      ...{ syncRuns: 0, syncEntries: 0, conflicts: 0, deadLetters: 0, inbox: 0, streams: 0 },
      expired: 0,
    };
    expect(await messages.thread("old")).toEqual({ threadId: "old", length: 2 });
    expect(await retention.prune({ messages: at(2), flows: at(1), budgets: at(9) })).toEqual({
      ...{ ...nothing, messages: 1 }, // the thread that nobody wrote to
    });
    expect(await retention.prune({ messages: at(3), flows: at(2) })).toEqual({
      ...{ ...nothing, messages: 1, flows: 1 },
    });
    expect((await messages.list("old")).items).toEqual([]);
    expect(await flows.reopen("failed")).toBe(true);
    expect((await flows.list()).items.map(({ id, status }) => [id, status])).toEqual([
      ["failed", "pending"],
      ["waits", "waiting"],
    ]);
    expect((await facts.list()).items).toEqual([]);
  });

  it("keeps what the fourth release stored, and takes in records, links and runs of syncs beside it", async () => {
    await using storage = postgres({ connectionString: await installFourth("fourth"), schema: "fourth" });
    await storage.migrate();
    const { leads, facts, records, links, rateBudgets } = storage.tenant("acme");
    expect([await leads.count(), (await facts.list()).items.length]).toEqual([1, 1]);
    await records.writeMany([contact("1")]);
    await links.writeMany([{ link: link("1", { dueAt: "2026-05-01T09:00:00.000Z" }) }]);
    expect(await records.findByKeys("contact", ["email:1@fjord.example"])).toHaveLength(1);
    const claim = { connection: "close", kinds: ["contact"] as const, leaseMs: 1000, limit: 5 };
    expect((await links.claim(claim)).map(({ recordId }) => recordId)).toEqual(["1"]);
    const windows = [{ name: "day", limit: 1, windowMs: 1000 }];
    expect(await rateBudgets.take({ key: "close", windows })).toEqual({ granted: true });
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
