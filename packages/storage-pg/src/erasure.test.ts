import { manualClock } from "@salesagent/conformance";
import type { TenantStorage } from "@salesagent/ports";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { postgres } from "./postgres.js";
import { begin } from "./testing/flow-runs.js";
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
  await stores.results.addMany([{ id: "r-1", kind: "enrichment", leadId: "l", data: { bo }, createdAt: at }]);
  const message = {
    role: "user",
    parts: [{ type: "text", text: "I am Bo Ångström", origin: "user" }],
  } as const;
  await stores.messages.append("t-1", [{ message, createdAt: at }]);
  await stores.messages.summarise("t-1", { text: `with ${bo}`, upTo: 0, createdAt: at });
  await stores.messages.append(`mail:${bo}`, [{ message, createdAt: at }]);
  await stores.audit.addMany([{ id: "a-1", at, actor: "user:1", action: "mail", subject: bo, facts: {} }]);
  await stores.imports.save({
    ...{ id: "i-1", source: `csv:${bo}`, status: "completed" },
    ...{ rows: 1, imported: 1, duplicates: 0, rejected: 0 },
    ...{ position: {}, startedAt: at, updatedAt: at },
  });
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

/** Waits until a statement waits for a lock. */
async function untilSomebodyWaits(): Promise<void> {
  await vi.waitFor(
    async () => {
      const waiting =
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      expect(await database.query(waiting)).toHaveLength(1);
    },
    { timeout: 10_000, interval: 5 },
  );
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

  it.each([
    ["BO ÅNGSTRÖM", "Bo Ångström"],
    ["Bo \u212Bngstr\u00F6m", "bo \u00E5ngstr\u00F6m"],
    ["Bo Ångström".normalize("NFD"), "Bo Ångström"],
    ["Лев ТОЛСТОЙ", "лев толстой"],
    ["王小明 called", "王小明"],
    [`Bo "the \\ bear" O`, `bo "THE \\ bear" o`],
    ["?to=bo%40figma.example", "bo@figma.example"],
    ["\u017Fam \u212Aing", "Sam King"],
    ["100%_sure, she said", "100%_SURE"],
  ])("finds %j by %j", async (written, mention) => {
    await using storage = postgres({ connectionString: database.url });
    const { facts, erasure } = storage.tenant("spelling");
    const fact = { subject: "x", text: "x", createdAt: at };
    const other = { ...fact, id: "other", data: { text: "Bo B, 100, surely" } };
    await facts.putMany([
      { ...fact, id: "text", text: written },
      { ...fact, id: "data", data: { written } },
      other,
    ]);
    expect(await erasure.erase({ mentions: [mention] })).toEqual([{ store: "facts", records: 2 }]);
    expect((await facts.list()).items.map(({ id }) => id)).toEqual(["other"]);
  });

  it("waits for progress that is being written, erases that too, and fences its worker", async () => {
    await using storage = postgres({ connectionString: database.url });
    const stores = storage.tenant("races");
    const { id, fence } = await begin(stores.flows, storage.queue, "flow-1");
    let erased: Promise<unknown> = Promise.resolve();
    await stores.transaction(
      async ({ flows }) => {
        await flows.commit({ id, fence, steps: [{ key: "mail", value: bo }] });
        erased = stores.erasure.erase({ mentions: ["Fjord"] });
        await untilSomebodyWaits();
      },
      { isolation: "read-committed" },
    );
    expect(await erased).toEqual([{ store: "flows", records: 1 }]);
    expect(await database.query("select * from salesagent.flow_steps where tenant = 'races'")).toEqual([]);
    const again = stores.flows.commit({ id, fence, steps: [{ key: "later", value: 1 }] });
    await expect(again).rejects.toMatchObject({ code: "flow.fenced" });
    expect(await stores.flows.get(id)).toMatchObject({
      ...{ status: "cancelled", input: null, stop: { by: "erasure" }, fence: fence + 1 },
    });
    expect(await stores.flows.reopen(id)).toBe(false);
  });

  it("drops a thread with what is added to it meanwhile, and the next one begins at its start", async () => {
    await using storage = postgres({ connectionString: database.url });
    const stores = storage.tenant("threads");
    const message = {
      message: { role: "user", parts: [{ type: "text", text: "hello", origin: "user" }] },
      createdAt: at,
    } as const;
    await stores.messages.append("t", [message]);
    let removed: Promise<unknown> = Promise.resolve();
    await stores.transaction(
      async ({ messages }) => {
        await messages.append("t", [message]);
        removed = stores.erasure.erase({ mentions: ["nobody"], threadIds: ["t"] });
        await untilSomebodyWaits();
      },
      { isolation: "read-committed" },
    );
    expect(await removed).toEqual([{ store: "messages", records: 2 }]);
    expect(await stores.messages.append("t", [message])).toBe(0);
  });
});
