import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PgClient, PgPool, PgQuery } from "./pg-pool.js";
import { postgres } from "./postgres.js";
import { emptyTables } from "./testing/emptied-storage.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "./testing/test-database.js";

const MANY = 100_000;
const GRANTS = [
  "grant usage on schema salesagent to ROLE",
  "grant select, insert, update, delete on all tables in schema salesagent to ROLE",
];
const person = { mentions: ["bo@figma.example"] };
const LATER = "2026-06-01T00:00:00.000Z";
const all = {
  ...{ checkpoints: LATER, flows: LATER, runs: LATER, effects: LATER, approvals: LATER },
  ...{ messages: LATER, audit: LATER, budgets: LATER, syncRuns: LATER, syncEntries: LATER },
  ...{ conflicts: LATER, deadLetters: LATER, inbox: LATER, streams: LATER },
};

let database: TestDatabase;
let pool: pg.Pool;
/** What was sent, and how much came back at once. */
let sent: PgQuery[] = [];
let largest = { rows: 0, chars: 0 };

const clients = new WeakMap<PgClient, PgClient>();
const watched: PgPool = {
  async connect() {
    const client: PgClient = await pool.connect();
    const found = clients.get(client) ?? watch(client);
    clients.set(client, found);
    return found;
  },
};

function watch(client: PgClient): PgClient {
  return {
    async query(asked) {
      const answer = await client.query(asked);
      sent.push(asked);
      const chars = JSON.stringify(answer.rows).length;
      largest = { rows: Math.max(largest.rows, answer.rows.length), chars: Math.max(largest.chars, chars) };
      return answer;
    },
    on: client.on.bind(client),
    release: (destroy) => client.release(destroy),
  };
}

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
  pool = openTestPool({ connectionString: await database.createRole(GRANTS), max: 2 });
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await emptyTables(database);
  [sent, largest] = [[], { rows: 0, chars: 0 }];
});

const open = () => postgres({ pool: watched }).tenant("acme");
/** Rows by their number, `n`. */
const insert = (into: string, values: string, count = MANY) =>
  database.query(`insert into salesagent.${into} select ${values} from generate_series(1, ${count}) n`);

describe("erasure of much", () => {
  it("holds a bounded part of many records at once", async () => {
    await insert("threads (tenant, id, next_index)", "'acme', 't' || n, 1000", MANY / 1000);
    await insert(
      "messages (tenant, thread_id, message_index, message, created_at)",
      `'acme', 't' || n / 1000, n % 1000, json_build_object('role', 'user', 'parts', json_build_array(json_build_object(
        'type', 'text', 'text', case when n % 2 = 0 then 'to BO@figma.example' else 'to jumbo@figma.example' end))), now()`,
    );
    const { erasure } = open();
    expect(await erasure.find(person)).toEqual([{ store: "messages", records: MANY / 2 }]);
    expect(await erasure.erase(person)).toEqual([{ store: "messages", records: MANY / 2 }]);
    expect(await erasure.find(person)).toEqual([]);
    const rows = await database.query(
      "select message::text as message, count(*)::int as count from salesagent.messages group by 1 order by length(message::text) desc",
    );
    expect(rows.map(({ message, count }) => [String(message).match(/to [^"]*/)?.[0], count])).toEqual([
      ["to jumbo@figma.example", MANY / 2],
      ["to [erased]", MANY / 2],
    ]);
    expect(largest.rows).toBeLessThanOrEqual(1000);
    expect(largest.chars).toBeLessThan(1_000_000);
  }, 120_000);

  it("holds about one of large records at once", async () => {
    await insert("flow_runs (tenant, id, input, created_at)", "'acme', 'r' || n, 'null', now()", 5);
    await insert(
      "flow_queue (tenant, id, graph, version, status, updated_at)",
      "'acme', 'r' || n, 'bdr', '1', 'waiting', now()",
      5,
    );
    await insert(
      "flow_checkpoints (tenant, run_id, number, delta, at)",
      "'acme', 'r' || n % 5 + 1, n, to_json('to bo@figma.example ' || repeat(n::text, 1500000 / length(n::text))), now()",
      25,
    );
    const { erasure, flows } = open();
    expect(await erasure.find(person)).toEqual([{ store: "flows", records: 5 }]);
    expect(await erasure.erase(person)).toEqual([{ store: "flows", records: 5 }]);
    expect((await flows.history("r1")).items).toEqual([]);
    expect(largest.chars).toBeLessThan(2_100_000);
  }, 60_000);

  it("looks through streams that told much of a person a few rows at a time", async () => {
    await insert(
      "streams (tenant, id, source, status, last, fence, created_at, updated_at)",
      "'acme', 'r' || n, 'agent:a', 'open', 5, 1, now(), now()",
      5,
    );
    const text = "'to bo@figma.example ' || repeat(n::text, 1500000 / length(n::text))";
    await insert(
      "stream_events (tenant, stream_id, last, first, events)",
      `'acme', 'r' || n % 5 + 1, (n + 4) / 5, (n + 4) / 5, json_build_array(json_build_array('text', ${text}))`,
      25,
    );
    const { erasure, streams } = open();
    expect(await erasure.find(person)).toEqual([{ store: "streams", records: 5 }]);
    expect(await erasure.erase(person)).toEqual([{ store: "streams", records: 5 }]);
    expect((await streams.read("r1"))?.events).toEqual([]);
    expect((await streams.get("r1"))?.last).toBe(5);
    expect(largest.chars).toBeLessThan(2_100_000);
  }, 60_000);
});

/** The plans of the statements that were sent and choose what is old. */
async function plansOf(queries: readonly PgQuery[]): Promise<readonly string[]> {
  const chosen = queries.filter(({ text }) => text.startsWith("with old"));
  const client = await pool.connect();
  try {
    await client.query("select set_config('salesagent.tenant', 'acme', false)");
    const plans: string[] = [];
    for (const { text, values = [] } of chosen) {
      const { rows } = await client.query<Record<string, string>>(`explain (costs off) ${text}`, values);
      plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
    }
    return plans;
  } finally {
    client.release(true);
  }
}

describe("retention of much", () => {
  it("drops a batch at a time, which it finds by indexes", async () => {
    const old = "timestamptz '2026-05-01' + n * interval '1 second'";
    await insert("flow_runs (tenant, id, input, created_at)", `'acme', 'r' || n, 'null', ${old}`);
    await insert(
      "flow_queue (tenant, id, graph, version, status, updated_at, ended_at)",
      `'acme', 'r' || n, 'bdr', '1', 'completed', ${old}, ${old}`,
    );
    await insert(
      "flow_checkpoints (tenant, run_id, number, delta, at)",
      `'acme', 'r' || n, 1, '{"a":1}', ${old}`,
    );
    await insert(
      "runs (tenant, id, agent, status, input, started_at)",
      `'acme', n::text, 'a', 'completed', '1', ${old}`,
    );
    await insert(
      "effects (tenant, key, effect, target, status, input, attempts, created_at, updated_at)",
      `'acme', n::text, 'mail', 'ada', 'done', '1', 1, ${old}, ${old}`,
    );
    await insert(
      "audit (tenant, id, at, actor, action, subject, facts)",
      `'acme', n::text, ${old}, 'a', 'b', 'c', '{}'`,
    );
    await insert("threads (tenant, id, next_index, last_at)", `'acme', n::text, 0, ${old}`);
    await insert(
      "approvals (tenant, id, agent, tool, call_id, arguments_hash, arguments, status, requested_at, expires_at)",
      `'acme', n::text, 'a', 't', 'c', 'h', '{}', 'used', ${old}, ${old}`,
    );
    await insert(
      "cache_entries (tenant, key, value, created_at, expires_at)",
      `'acme', n::text, '1', ${old}, ${old}`,
    );
    await insert(
      "sync_runs (tenant, id, connection, kinds, trigger, direction, status, counts, started_at)",
      `'acme', n::text, 'close', '[]', 'manual', 'both', 'completed', '{}', ${old}`,
    );
    await insert(
      "sync_entries (tenant, id, connection, kind, action, record_ids, crm_ids, at)",
      `'acme', n::text, 'close', 'contact', 'linked', '[]', '[]', ${old}`,
    );
    await insert(
      "conflicts (tenant, id, connection, kind, record_id, field, policy, base, app, crm, status, found_at)",
      `'acme', n::text, 'close', 'contact', 'r', 'title', 'review', '1', '2', '3', 'settled', ${old}`,
    );
    await insert(
      `dead_letters (tenant, id, letter_hash, connection, kind, operation, payload, error, history, status, added_at,
        updated_at)`,
      `'acme', n::text, n::text, 'close', 'contact', 'create', '{}', '{}', '[]', 'dropped', ${old}, ${old}`,
    );
    await insert(
      "inbox (tenant, id, source, key, body, hints, status, attempts, received_at)",
      `'acme', n::text, 'close', n::text, '', '{}', 'handled', 1, ${old}`,
    );
    await insert(
      "streams (tenant, id, source, status, last, fence, created_at, updated_at)",
      `'acme', n::text, 'agent:a', 'completed', 1, 1, ${old}, ${old}`,
    );
    await insert(
      "stream_events (tenant, stream_id, last, first, events)",
      `'acme', n::text, 1, 1, '[["a",1]]'`,
    );
    await database.query("analyze");
    const batch = {
      checkpoints: 1000,
      flows: 1000,
      runs: 1000,
      effects: 1000,
      approvals: 1000,
      messages: 1000,
      ...{
        syncRuns: 1000,
        syncEntries: 1000,
        conflicts: 1000,
        deadLetters: 1000,
        inbox: 1000,
        streams: 1000,
      },
    };
    const { retention, flows } = open();

    expect(await retention.prune(all)).toEqual({ ...batch, audit: 1000, budgets: 0, expired: 1000 });

    expect(largest.rows).toBeLessThanOrEqual(1000);
    expect(await flows.get("r1000")).toBe(undefined);
    expect((await flows.get("r1001"))?.status).toBe("completed");
    const plans = (await plansOf(sent)).join("\n");
    for (const index of [
      ...["flow_queue_uncleared", "flow_queue_by_end", "runs_by_end", "effects_by_end", "audit_by_time"],
      ...["threads_by_last", "approvals_by_request", "cache_entries_by_expiry", "sync_runs_by_end"],
      ...["sync_entries_by_time", "conflicts_by_end", "dead_letters_by_end", "inbox_by_end"],
      "streams_by_creation",
    ]) {
      expect(plans).toContain(`Index Scan using ${index}`);
    }
    expect(plans).not.toMatch(/Seq Scan on (?!budget)\w+ r\b/);
  }, 120_000);
});
