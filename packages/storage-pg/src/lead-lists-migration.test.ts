import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { migrations } from "./migrations/migration.js";
import { postgres } from "./postgres.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "./testing/test-database.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

const sixth = migrations.filter(({ number }) => number <= 6);

/** What a role of its own, which no right passes row-level security by, installed with the sixth release. */
async function installSixth(): Promise<string> {
  const url = await database.createRole([
    `grant create on database ${new URL(database.url).pathname.slice(1)} to ROLE`,
  ]);
  const pool = openTestPool({ connectionString: url, max: 1 });
  try {
    await pool.query(`create schema sixth; create table sixth.migrations (number integer primary key, name text not null,
      checksum text not null, applied_at timestamptz not null default now())`);
    for (const { number, name, sql } of sixth) {
      await pool.query(sql.replaceAll("$schema", "sixth"));
      const checksum = createHash("sha256").update(sql).digest("hex");
      await pool.query("insert into sixth.migrations values ($1, $2, $3)", [number, name, checksum]);
    }
    for (const tenant of ["acme", "other"]) {
      await pool.query(`select set_config('salesagent.tenant', '${tenant}', false);
        insert into sixth.leads (tenant, id, source, stage, company, contact, custom, keys, revision, created_at, updated_at)
        select '${tenant}', 'lead-' || n, 'csv:a.csv', 'new', json_build_object('name', '${tenant} ØRSTED ' || n, 'provenance',
          json_build_object()), null, '{}', json_build_array('name:' || n), 1, now(), now() from generate_series(1, 3) n;
        insert into sixth.results (tenant, id, kind, lead_id, score, tier, data, created_at) values
          ('${tenant}', '1', 'qualification', 'lead-1', 70, 'B', '{}', '2026-05-01T10:00:00Z'),
          ('${tenant}', '2', 'qualification', 'lead-1', 20, 'D', '{}', '2026-05-01T09:00:00Z'),
          ('${tenant}', '3', 'enrichment', 'lead-2', 99, null, '{}', '2026-05-01T09:00:00Z'),
          ('${tenant}', '4', 'qualification', 'lead-3', 90, 'A', '{}', '2026-05-01T09:00:00Z')`);
    }
    return url;
  } finally {
    await pool.end();
  }
}

it("takes in words and scores of leads that earlier releases stored, and lets whoever may write leads go on", async () => {
  const url = await installSixth();
  const app = await database.createRole([
    "grant usage on schema sixth to ROLE",
    "grant select, insert, update, delete on all tables in schema sixth to ROLE",
  ]);
  await using owner = postgres({ connectionString: url, schema: "sixth" });
  await owner.migrate();
  await using storage = postgres({ connectionString: app, schema: "sixth" });
  const { leads, results } = storage.tenant("acme");
  const ids = async (query: Parameters<typeof leads.find>[0]) =>
    (await leads.find(query)).items.map(({ id }) => id);

  expect(await ids({ search: "ørst acme" })).toEqual(["lead-1", "lead-2", "lead-3"]);
  expect(await ids({ search: "other" })).toEqual([]);
  const scored = (await leads.find({ order: "score" })).items.map(({ id, qualification }) => [
    id,
    qualification,
  ]);
  expect(scored).toEqual([
    ["lead-3", { score: 90, tier: "A", createdAt: "2026-05-01T09:00:00.000Z" }],
    ["lead-1", { score: 70, tier: "B", createdAt: "2026-05-01T10:00:00.000Z" }],
  ]);

  const [added] = await leads.insertMany([
    { company: { name: "Vestas", provenance: {} }, source: "csv:b.csv", keys: ["name:vestas"] },
  ]);
  const leadId = added?.id ?? "";
  const found = {
    kind: "qualification",
    leadId,
    score: 80,
    data: {},
    createdAt: "2026-05-02T09:00:00Z",
  } as const;
  await results.addMany([{ ...found, id: "5" }]);
  expect(await ids({ search: "vest", minScore: 80 })).toEqual([leadId]);
});
