import { manualClock } from "@salesagent/conformance";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { PgClient } from "./pg-pool.js";
import { type PostgresStorage, postgres } from "./postgres.js";
import { emptyTables } from "./testing/emptied-storage.js";
import { begin, want } from "./testing/flow-runs.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "./testing/test-database.js";

const GRANTS = [
  "grant usage on schema salesagent to ROLE",
  "grant select, insert, update, delete on all tables in schema salesagent to ROLE",
];
const DAY_MS = 86_400_000;

let database: TestDatabase;
let pool: pg.Pool;
let storage: PostgresStorage;

beforeAll(async () => {
  database = await createTestDatabase();
  await using owner = postgres({ connectionString: database.url });
  await owner.migrate();
  pool = openTestPool({ connectionString: await database.createRole(GRANTS), max: 1 });
});

beforeEach(async () => {
  await emptyTables(database);
  storage = postgres({ pool });
});

afterEach(async () => {
  vi.useRealTimers();
  await storage[Symbol.asyncDispose]();
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

describe("a role that owns nothing", () => {
  const TABLES = [
    "flow_runs",
    "flow_queue",
    "flow_steps",
    "flow_checkpoints",
    "flow_events",
    "effects",
    "approvals",
  ];

  /** One row of acme in each table, and as much of another tenant. */
  async function fill(): Promise<void> {
    const at = "2026-05-01T09:00:00.000Z";
    const until = "2999-01-01T00:00:00.000Z";
    for (const tenant of ["acme", "other"]) {
      const { flows, effects, approvals } = storage.tenant(tenant);
      const { id, fence } = await begin(flows, storage.queue, "1");
      await flows.deliver(id, { name: "answer", payload: tenant });
      await flows.commit({
        id,
        fence,
        checkpoint: { seq: 1, delta: tenant, at },
        steps: [{ key: "a", value: tenant }],
      });
      await effects.claim({
        key: "a",
        effect: "mail",
        target: "ada",
        input: tenant,
        owner: "me",
        leaseUntil: until,
      });
      const asked = { agent: "a", tool: "b", callId: "c", arguments: tenant, argumentsHash: "d" };
      await approvals.request({ id: "1", ...asked, requestedAt: at, expiresAt: until });
    }
  }

  /** Runs SQL on the one connection that the storage shares with this test. */
  const query = async (text: string) => (await pool.query<Record<string, unknown>>(text)).rows;

  it("sees its tenant's rows alone in every table, after claims across tenants on the same connection", async () => {
    await fill();
    expect((await storage.queue.claim(want())).length).toBe(0);
    for (const [tenant, count] of [
      ["acme", 1],
      ["nobody", 0],
      ["", 0],
    ] as const) {
      for (const table of TABLES) {
        await query(`select set_config('salesagent.tenant', '${tenant}', false)`);
        const rows = await query(`select tenant from salesagent.${table}`);
        expect([table, rows]).toEqual([table, count === 1 ? [{ tenant }] : []]);
      }
    }
  });

  it("acts as a worker only while it claims and renews, even within one transaction", async () => {
    await fill();
    const client = await pool.connect();
    try {
      await client.query("begin");
      await client.query("select set_config('salesagent.tenant', 'acme', true)");
      await client.query("select * from salesagent.claim_flows(null, 'me', 1000, 10, '{sales}', '{1}')");
      await client.query("select * from salesagent.renew_flows(null, 1000, '{other}', '{1}', '{1}')");
      const { rows } = await client.query("select tenant from salesagent.flow_queue");
      expect(rows).toEqual([{ tenant: "acme" }]);
      await client.query("rollback");
    } finally {
      client.release(true);
    }
  });

  it("finds and takes runs of all tenants as a worker, but adds and removes none, and sees no payload", async () => {
    await fill();
    const client = await pool.connect();
    try {
      await client.query("begin");
      await client.query(
        "select set_config('salesagent.worker', 'on', true), set_config('salesagent.tenant', '', true)",
      );
      expect((await client.query("select from salesagent.flow_queue")).rowCount).toBe(2);
      expect((await client.query("update salesagent.flow_queue set owner = 'me'")).rowCount).toBe(2);
      expect((await client.query("delete from salesagent.flow_queue")).rowCount).toBe(0);
      for (const table of TABLES.filter((name) => name !== "flow_queue")) {
        expect([table, (await client.query(`select from salesagent.${table}`)).rowCount]).toEqual([table, 0]);
      }
      const insert = `insert into salesagent.flow_queue (tenant, id, graph, version, status, updated_at)
        values ('acme', '2', 'sales', '1', 'pending', now())`;
      await expect(client.query(insert)).rejects.toMatchObject({ code: "42501" });
    } finally {
      client.release(true);
    }
  });
});

describe("leases", () => {
  it("go by the server's clock, so that a process whose own is a day off takes nobody's runs", async () => {
    const { flows } = storage.tenant("acme");
    await begin(flows, storage.queue, "1", { leaseMs: 60_000 });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + DAY_MS });
    expect(await storage.queue.claim(want())).toEqual([]);
    vi.setSystemTime(Date.now() - 2 * DAY_MS);
    await begin(flows, storage.queue, "2", { leaseMs: 60_000 });
    vi.useRealTimers();
    expect(await storage.queue.claim(want())).toEqual([]);
  });

  it("go by the clock that a host gives", async () => {
    const clock = manualClock();
    const timed = postgres({ pool, clock });
    const { flows } = timed.tenant("acme");
    await begin(flows, timed.queue, "1", { leaseMs: 1500 });
    clock.advance(1499);
    expect(await timed.queue.claim(want())).toEqual([]);
    clock.advance(1);
    expect(await timed.queue.claim(want())).toMatchObject([{ id: "1", fence: 2 }]);
    expect(await flows.get("1")).toMatchObject({ updatedAt: new Date(clock.now()).toISOString() });
  });
});

describe("10,000 runs that wait", () => {
  const CLAIM = `select q.id from salesagent.flow_queue q where q.graph = 'sales' and q.version = '1'
    and q.due_at <= now() order by q.due_at limit 10 for update skip locked`;

  /** Fills the queue as so many commits would, with runs that wait for an event or for next year. */
  const fill = () =>
    database.query(`insert into salesagent.flow_queue (tenant, id, graph, version, status, due_at, awaiting, updated_at)
      select 'acme', 'run-' || n, 'sales', '1', 'waiting',
        case when n % 2 = 0 then now() + interval '1 year' end, '{answer}', now()
      from generate_series(1, 10000) n`);

  it("are in no index of due runs, or at its far end: a claim reads the first entries of an index", async () => {
    await fill();
    await database.query("analyze salesagent.flow_queue");
    const rows = await database.query(
      `explain (analyze, buffers, timing off, costs off, summary off) ${CLAIM}`,
    );
    const plan = rows.map((row) => String(row["QUERY PLAN"])).join("\n");
    expect(plan).toContain("Index Scan using flow_queue_due");
    expect(Number(/Buffers: shared(?: hit=(\d+))?/.exec(plan)?.[1])).toBeLessThan(10);
  });

  it("are claimed by index in a session that planned its claims while the table was small", async () => {
    await begin(storage.tenant("acme").flows, storage.queue, "first");
    await database.query("analyze salesagent.flow_queue");
    for (let index = 0; index < 10; index++) expect(await storage.queue.claim(want())).toEqual([]);
    await fill();
    await storage.tenant("acme").flows.deliver("run-7", { name: "answer", payload: 1 });
    await database.query("select pg_stat_reset()");
    expect(await storage.queue.claim(want())).toMatchObject([{ id: "run-7" }]);
    const client = await pool.connect();
    await client.query("select pg_stat_force_next_flush()");
    client.release();
    const [row] = await database.query(
      "select seq_tup_read::int as read from pg_stat_user_tables where relname = 'flow_queue'",
    );
    // What connections read before, while there was one row, may be counted only now.
    expect(Number(row?.["read"])).toBeLessThan(100);
  });

  it("cost one statement each to wake", async () => {
    await fill();
    await database.query(
      "insert into salesagent.flow_runs (tenant, id, input, created_at) values ('acme', 'run-7', '1', now())",
    );
    const sent: string[] = [];
    const client = await pool.connect();
    const counted: PgClient = {
      query: (query) => {
        sent.push(query.text);
        return client.query({ ...query });
      },
      on: () => {},
      release: () => {},
    };
    const counting = postgres({ pool: { connect: async () => counted } });
    const { flows } = counting.tenant("acme");
    await flows.get("run-7");
    sent.length = 0;
    await flows.deliver("run-7", { name: "answer", payload: 1 });
    expect(sent.length).toBe(1);
    const [claim] = await counting.queue.claim(want());
    expect(sent.length).toBe(2);
    await flows.load("run-7", claim?.fence ?? 0);
    expect(sent.length).toBe(3);
    await flows.commit({ id: "run-7", fence: 1, taken: ["answer"], rest: { status: "cancelled" } });
    expect(sent.length).toBe(4);
    client.release();
  });
});
