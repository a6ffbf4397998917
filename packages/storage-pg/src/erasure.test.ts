import { manualClock } from "@salesagent/conformance";
import type { TenantStorage } from "@salesagent/ports";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "./postgres.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

const at = "2026-05-01T09:00:00.000Z";
const bo = "Bo@Figma.example";
const person = { mentions: ["bo@figma.example", "Bo Ångström"] };

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
});

afterAll(() => database[Symbol.asyncDispose]());

/** Puts a record that mentions the person into every store. */
async function fill(stores: TenantStorage): Promise<void> {
  const run = { id: "run-1", agent: "bdr", status: "completed", startedAt: at } as const;
  await stores.leads.insertMany([
    {
      company: { name: "Figma", provenance: {} },
      custom: { to: bo },
      source: "csv:a.csv",
      keys: [`email:${bo}`],
    },
  ]);
  await stores.runs.create({ ...run, input: { to: bo }, output: `to ${bo}` });
  await stores.steps.putMany([
    {
      runId: "run-1",
      index: 0,
      kind: "tool",
      name: "mail",
      status: "completed",
      input: bo,
      startedAt: at,
      latencyMs: 1,
    },
  ]);
  await stores.results.addMany([
    { id: "r-1", kind: "score", leadId: "l", data: { bo }, createdAt: at } as never,
  ]);
  const message = { role: "user", parts: [{ type: "text", text: `I am Bo Ångström` }] } as const;
  await stores.messages.append("t-1", [{ message, createdAt: at }]);
  await stores.messages.summarise("t-1", { text: `with ${bo}`, upTo: 0, createdAt: at });
  await stores.messages.append(`mail:${bo}`, [{ message, createdAt: at }]);
  await stores.audit.addMany([{ id: "a-1", at, actor: "user:1", action: "mail", subject: bo, facts: {} }]);
  await stores.imports.save({
    ...{
      id: "i-1",
      source: `csv:${bo}`,
      status: "completed",
      rows: 1,
      imported: 1,
      duplicates: 0,
      rejected: 0,
    },
    ...{ position: {}, startedAt: at, updatedAt: at },
  } as never);
  await stores.cache.put({ key: "k", value: { bo }, createdAt: at, expiresAt: "2999-01-01T00:00:00.000Z" });
  await stores.vectors.putMany("c", [{ id: "v", vector: Float32Array.of(1, 0), data: bo }]);
  await stores.flows.create({ id: "flow-1", graph: "bdr", version: "1", input: { to: bo } });
  await stores.effects.claim({
    key: "e-1",
    effect: "mail",
    target: bo,
    input: { bo },
    owner: "me",
    leaseUntil: "2999-01-01T00:00:00.000Z",
  });
  await stores.approvals.request({
    ...{ id: "ap-1", agent: "bdr", tool: "mail", callId: "c", argumentsHash: "h", arguments: { bo } },
    ...{ requestedAt: at, expiresAt: "2999-01-01T00:00:00.000Z" },
  });
  await stores.facts.putMany([{ id: "f-1", subject: `person:${bo}`, text: "likes tea", createdAt: at }]);
}

/** Whatever rows of a tenant mention the person, in any column. */
async function traces(tenant: string): Promise<readonly unknown[]> {
  const tables = await database.query(
    "select tablename as name from pg_tables where schemaname = 'salesagent' and tablename <> 'migrations'",
  );
  const found = tables.map(({ name }) =>
    database.query(
      `select '${name}' as store, t::text as said from salesagent.${name} t
       where tenant = $1 and (t::text ilike '%figma.example%' or t::text ilike '%ngstr_m%')`,
      [tenant],
    ),
  );
  return (await Promise.all(found)).flat();
}

describe("erasure in Postgres", () => {
  it("finds in every store what it then erases, and nothing after that", async () => {
    await using storage = postgres({ connectionString: database.url, clock: manualClock() });
    const stores = storage.tenant("acme");
    await fill(stores);
    await fill(storage.tenant("globex"));
    const found = await stores.erasure.find(person);
    const one = ["approvals", "audit", "cache", "effects", "facts", "flows", "imports", "leads"];
    expect(found).toEqual([
      ...one.map((store) => ({ store, records: 1 })),
      { store: "messages", records: 3 },
      ...["results", "runs", "steps", "vectors"].map((store) => ({ store, records: 1 })),
    ]);
    expect(await traces("acme")).not.toEqual([]);
    const elsewhere = await traces("globex");

    expect(await stores.erasure.erase(person)).toEqual(found);

    expect(await stores.erasure.find(person)).toEqual([]);
    expect(await traces("acme")).toEqual([]);
    expect(await traces("globex")).toEqual(elsewhere);
  });
});
