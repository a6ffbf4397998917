import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PgQuery } from "./pg-pool.js";
import { type PgTenantStorage, postgres } from "./postgres.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
  await database.query(`insert into salesagent.runs (tenant, id, agent, status, input, started_at)
    select 'acme', n::text, 'a', 'completed', '1', now() - n * interval '1 second' from generate_series(1, 5000) n`);
  await database.query(`insert into salesagent.flow_runs (tenant, id, input, created_at)
    select 'acme', n::text, '1', now() - n * interval '1 second' from generate_series(1, 5000) n`);
  await database.query(`insert into salesagent.flow_queue (tenant, id, graph, version, status, updated_at)
    select 'acme', n::text, 'sales', '1', 'completed', now() from generate_series(1, 5000) n`);
  await database.query(`insert into salesagent.effects (tenant, key, effect, target, status, input, attempts, created_at,
      updated_at, lease_until)
    select 'acme', n::text, 'mail', 'ada', case when n % 1000 = 0 then 'claimed' else 'done' end, '1', 1,
      now() - n * interval '1 second', now(), now() from generate_series(1, 5000) n`);
  await database.query("analyze");
});

afterAll(() => database[Symbol.asyncDispose]());

/** The plan of the one statement that a call sends. */
async function planOf(call: (acme: PgTenantStorage) => Promise<unknown>): Promise<string> {
  const sent: PgQuery[] = [];
  const client = {
    async query(query: PgQuery) {
      sent.push(query);
      return { rows: [] };
    },
    on: () => {},
    release: () => {},
  };
  await call(postgres({ pool: { connect: async () => client } }).tenant("acme"));
  const { text = "", values = [] } = sent.at(-1) ?? {};
  const rows = await database.query(`explain (costs off) ${text}`, values);
  return rows.map((row) => String(row["QUERY PLAN"])).join("\n");
}

describe("a page of a list", () => {
  it.each([
    ["runs", "runs_by_start", (acme: PgTenantStorage) => acme.runs.list()],
    ["flows", "flow_runs_by_creation", (acme: PgTenantStorage) => acme.flows.list()],
    ["effects", "effects_by_creation", (acme: PgTenantStorage) => acme.effects.list()],
    ["unknown effects", "effects_open", (acme: PgTenantStorage) => acme.effects.list({ status: "unknown" })],
    [
      "later runs",
      "runs_by_start",
      (acme: PgTenantStorage) => acme.runs.list({}, { after: `${Date.now()}.4000`, limit: 10 }),
    ],
  ] as const)("of %s is read from %s in its order, and nothing is sorted", async (_, index, call) => {
    const plan = await planOf(call);
    expect(plan).toContain(`Index Scan Backward using ${index}`);
    expect(plan).not.toContain("Sort");
  });
});

describe("a count of what was done to a target", () => {
  it("is read from the target's index", async () => {
    await database.query("update salesagent.effects set target = 'bob' where key::int <= 20");
    await database.query("analyze salesagent.effects");
    const since = "2001-01-01T00:00:00.000Z";
    const plan = await planOf((acme) => acme.effects.countDone({ target: "bob", since }));
    expect(plan).toContain("using effects_by_target");
  });
});
