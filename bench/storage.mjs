// Storage: bulk writes, point reads and budgets of @salesagent/storage-pg beside the bare statements that they stand on.
// Run: npm run bench -- storage --rounds 7. DATABASE_URL names a server; without it one is started, with fsync on.
import { memoryStorage } from "../packages/storage-memory/dist/index.js";
import { withDatabase } from "./_database.mjs";
import { measure, measureGroups } from "./_interleaved.mjs";
import { floorSpend, spendFrom } from "./storage/spending.mjs";

const BATCH_ROWS = 500;
const COUNTS = { batches: 8, reads: 2000, pairs: 800 };
const QUICK_COUNTS = { batches: 1, reads: 50, pairs: 32 };
const TENANT = "bench";
const AT = "2026-05-01T09:00:00.000Z";

const LEAD_COLUMNS = `id, source, stage, company, contact, custom, keys, revision,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at,
  to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at`;

function createDraft(index) {
  const provenance = { source: "csv:leads.csv", at: AT };
  return {
    company: {
      name: `Company ${index}`,
      domain: `c${index}.example`,
      industry: "Software",
      description:
        "Makes tools for people who sell; two hundred customers in nine countries, most of them in retail.",
      country: "NO",
      employees: { min: 51, max: 200 },
      technologies: ["postgres", "typescript", "react"],
      provenance: { name: provenance, domain: provenance, industry: provenance, country: provenance },
    },
    source: "csv:leads.csv",
    custom: { "Row id": String(index), Owner: "Ada" },
    keys: [`domain:c${index}.example`, `name:company ${index}|no`],
  };
}

function createCall(index) {
  return {
    id: `call-${index}`,
    runId: `run-${index >> 2}`,
    stepIndex: index & 3,
    agent: "qualification",
    provider: "cerebras",
    modelId: "gpt-oss-120b",
    outcome: "completed",
    usage: { inputTokens: 1200, cachedInputTokens: 1000, outputTokens: 80, reasoningTokens: 20 },
    costUsd: 0.000123457,
    startedAt: AT,
    latencyMs: 812.5,
    firstTokenMs: 120.25,
  };
}

let nextIndex = 0;
const createBatch = (create) => Array.from({ length: BATCH_ROWS }, () => create(nextIndex++));

/** One bare statement over arrays, into a table of the same shape and indexes. */
const floorLeads = (pool) => (batch) =>
  pool.query({
    name: "floor_leads",
    text: `insert into floor.leads (tenant, id, source, stage, company, contact, custom, keys, revision, created_at, updated_at)
      select $1, l.id, l.source, 'new', l.company::json, null, l.custom::json, l.keys::json, 1, $7, $7
      from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) as l (id, source, company, custom, keys)`,
    values: [
      TENANT,
      batch.map(() => crypto.randomUUID()),
      batch.map((draft) => draft.source),
      batch.map((draft) => JSON.stringify(draft.company)),
      batch.map((draft) => JSON.stringify(draft.custom)),
      batch.map((draft) => JSON.stringify(draft.keys)),
      AT,
    ],
  });

const floorKeys = (pool) => (batch) => {
  const ids = batch.flatMap((draft) => draft.keys.map(() => draft.source));
  return pool.query({
    name: "floor_keys",
    text: "insert into floor.lead_keys (tenant, key, lead_id) select $1, k.key, k.id from unnest($2::text[], $3::text[]) as k (key, id)",
    values: [TENANT, batch.flatMap((draft) => draft.keys), ids],
  });
};

const floorCalls = (pool) => (batch) => {
  const column = (read) => batch.map(read);
  return pool.query({
    name: "floor_calls",
    text: `insert into floor.model_calls (tenant, id, run_id, step_index, agent, provider, model_id, outcome, usage,
        cost_nano_usd, started_at, latency_ms, first_token_ms)
      select $1, c.id, c.run, c.step, c.agent, c.provider, c.model, c.outcome, c.usage::json, c.cost, c.at, c.latency, c.first
      from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::bigint[], $11::timestamptz[], $12::float8[], $13::float8[])
        as c (id, run, step, agent, provider, model, outcome, usage, cost, at, latency, first)`,
    values: [
      TENANT,
      column((call) => call.id),
      column((call) => call.runId),
      column((call) => call.stepIndex),
      column((call) => call.agent),
      column((call) => call.provider),
      column((call) => call.modelId),
      column((call) => call.outcome),
      column((call) => JSON.stringify(call.usage)),
      column((call) => Math.round(call.costUsd * 1e9)),
      column((call) => call.startedAt),
      column((call) => call.latencyMs),
      column((call) => call.firstTokenMs),
    ],
  });
};

const writing = (counts, create, write) => async () => {
  const batches = Array.from({ length: counts.batches }, () => createBatch(create));
  return measure(counts.batches * BATCH_ROWS, async () => {
    for (const batch of batches) await write(batch);
  });
};

const readingEach = (counts, read) => () =>
  measure(counts.reads, async () => {
    for (let index = 0; index < counts.reads; index++) await read(index);
  });

/** Pairs of a reservation and its settlement, by so many callers at once. */
const spending = (counts, callers, spend) => () => {
  let left = counts.pairs;
  return measure(counts.pairs, () =>
    Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        while (left-- > 0) await spend(caller);
      }),
    ),
  );
};

async function prepare(pool, schema) {
  await pool.query("drop schema if exists floor cascade");
  await pool.query("create schema floor");
  for (const table of ["leads", "lead_keys", "model_calls", "budget_lines"]) {
    await pool.query(`create table floor.${table} (like ${schema}.${table} including all)`);
  }
  await pool.query("insert into floor.budget_lines (tenant, key) values ($1, 'hot')", [TENANT]);
}

/** What is measured: each group has its floor first. */
async function createGroups(pool, storage, counts) {
  const { leads, modelCalls, budgets } = storage.tenant(TENANT);
  const hot = spendFrom(budgets, () => ["hot"]);
  const own = spendFrom(budgets, (caller) => [`own-${caller}`]);
  const memory = memoryStorage().tenant(TENANT);
  const outcomes = await leads.insertMany(createBatch(createDraft));
  const ids = outcomes.map((outcome) => outcome.id);
  const idOf = (index) => ids[index % ids.length];
  const keyOf = (index) => `domain:c${index % ids.length}.example`;
  const select = `select ${LEAD_COLUMNS} from salesagent.leads`;
  const byId = { name: "floor_by_id", text: `${select} where tenant = $1 and id = $2` };
  const byKey = {
    name: "floor_by_key",
    text: `select l.* from (${select.replace("select id", "select tenant, id")}) l join salesagent.lead_keys k
      on l.tenant = k.tenant and l.id = k.lead_id where k.tenant = $1 and k.key = $2`,
  };
  const insertLeads = floorLeads(pool);
  const insertKeys = floorKeys(pool);
  return {
    "leads, 500 a batch": {
      "bare insert (unnest)": writing(counts, createDraft, insertLeads),
      "bare insert, keys too": writing(counts, createDraft, async (batch) => {
        await insertLeads(batch);
        await insertKeys(batch);
      }),
      "storage-pg insertMany": writing(counts, createDraft, (batch) => leads.insertMany(batch)),
      "storage-memory insertMany": writing(counts, createDraft, (batch) => memory.leads.insertMany(batch)),
    },
    "model calls, 500 a batch": {
      "bare insert (unnest)": writing(counts, createCall, floorCalls(pool)),
      "storage-pg addMany": writing(counts, createCall, (batch) => modelCalls.addMany(batch)),
      "storage-memory addMany": writing(counts, createCall, (batch) => memory.modelCalls.addMany(batch)),
    },
    "one lead by id": {
      "bare named statement": readingEach(counts, (index) =>
        pool.query({ ...byId, values: [TENANT, idOf(index)] }),
      ),
      "storage-pg get": readingEach(counts, (index) => leads.get(idOf(index))),
    },
    "one lead by key": {
      "bare named statement": readingEach(counts, (index) =>
        pool.query({ ...byKey, values: [TENANT, keyOf(index)] }),
      ),
      "storage-pg findByKey": readingEach(counts, (index) => leads.findByKey(keyOf(index))),
    },
    "reserve and settle, one line": {
      "two bare updates, 1 caller": spending(counts, 1, floorSpend(pool, TENANT)),
      "storage-pg, 1 caller": spending(counts, 1, hot),
      "storage-pg, 4 callers": spending(counts, 4, hot),
      "storage-pg, 16 callers": spending(counts, 16, hot),
    },
    "reserve and settle, a line each": {
      "two bare updates, 16 callers": spending(counts, 16, floorSpend(pool, TENANT)),
      "storage-pg, 1 caller": spending(counts, 1, own),
      "storage-pg, 4 callers": spending(counts, 4, own),
      "storage-pg, 16 callers": spending(counts, 16, own),
    },
  };
}

/**
 * @param {{ rounds?: number, quick?: boolean }} options - Samples of each contender, interleaved; a first round, uncounted,
 * warms up. Quick only tries the benchmark.
 * @returns Samples by group and contender, in microseconds a row, a read or a pair.
 */
export function run({ rounds = 7, quick = false } = {}) {
  return withDatabase(async ({ pool, storage }) => {
    await prepare(pool, "salesagent");
    const groups = await createGroups(pool, storage, quick ? QUICK_COUNTS : COUNTS);
    return measureGroups(groups, rounds);
  });
}
