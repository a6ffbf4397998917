import type { LeadQuery } from "@salesagent/ports";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MANY_ROWS, type NamedCalls, UnanalysedTables } from "./testing/unanalysed-tables.js";

let tables: UnanalysedTables;

const ids = (count: number) => Array.from({ length: count }, (_, index) => `run-${index + 50}`);
const draft = (name: string) => ({
  ...{ company: { name, provenance: {} }, source: "csv:new.csv" },
  keys: [`name:${name}`],
});
const result = (id: string, leadId: string) => ({
  ...({ id, leadId, kind: "qualification", score: 71, data: {} } as const),
  createdAt: "2026-06-01T09:00:00.000Z",
});

/** What lists of leads and runs are read by, and what keeps that, as a server does it day after day. */
const calls: NamedCalls = {
  "lists leads": ({ leads }) => leads.find({}, { limit: 20 }),
  "lists leads further on": ({ leads }) => leads.find({}, { limit: 20, after: `0.${MANY_ROWS / 2}` }),
  "lists leads of a rare stage": ({ leads }) => leads.find({ stage: "won" }, { limit: 20 }),
  "lists leads by score": ({ leads }) => leads.find({ order: "score" }, { limit: 20 }),
  "lists leads by score further on": ({ leads }) =>
    leads.find({ order: "score" }, { limit: 20, after: `50000000.${MANY_ROWS / 2}` }),
  "lists leads of a high score": ({ leads }) => leads.find({ minScore: 100 }, { limit: 20 }),
  "lists leads of a range of scores by score": ({ leads }) =>
    leads.find({ minScore: 10, maxScore: 30, order: "score" }, { limit: 20 }),
  "searches for a word": ({ leads }) => leads.find({ search: "number777" }, { limit: 20 }),
  "searches for two words": ({ leads }) => leads.find({ search: "number7777 n7777" }, { limit: 20 }),
  "searches for nothing that is there": ({ leads }) => leads.find({ search: "zzz" }, { limit: 20 }),
  "searches by score": ({ leads }) => leads.find({ search: "number777", order: "score" }, { limit: 20 }),
  "stores a lead": ({ leads }) => leads.insertMany([draft("new")]),
  "changes a lead": ({ leads }) => leads.replace("lead-700", { ...draft("changed"), keys: ["name:7"] }),
  "stores a qualification": ({ results }) => results.addMany([result("new", "lead-900")]),
  "sums costs of parts": ({ runs }) => runs.costsOfParts(ids(20)),
};

/** Searches for words of many leads, whose entries have to be read, and the words that they ask for. */
const commonSearches: Readonly<Record<string, readonly [LeadQuery, words: number]>> = {
  "one that all have": [{ search: "example" }, 1],
  "one that all have, by score": [{ search: "example", order: "score" }, 1],
  "a beginning that all have, by score": [{ search: "numb", order: "score" }, 1],
  "one that all have, of a range of scores": [{ search: "example", minScore: 90 }, 1],
  "one that all have, of a range of scores, by score": [
    { search: "example", minScore: 90, order: "score" },
    1,
  ],
  "one that those of low scores have, by score": [{ search: "low", order: "score" }, 1],
  "two that meet in most": [{ search: "example number" }, 2],
  "two that meet in most, by score": [{ search: "example number", order: "score" }, 2],
  "one that all have, of a rare stage": [{ search: "example", stage: "won" }, 1],
  "one that all have, of a rare stage, by score": [{ search: "example", stage: "won", order: "score" }, 1],
  "one and its beginnings": [{ search: "e exam example" }, 1],
  "two that never meet": [{ search: "odd even" }, 2],
  "two that never meet, by score": [{ search: "odd even", order: "score" }, 2],
  "one that all have and one that is rare": [{ search: "example number777" }, 2],
  "one that all have and one that is rare, by score": [{ search: "number777 example", order: "score" }, 2],
};

const FINDS_NOTHING = new Set(["stores a lead", "searches for nothing that is there"]);

beforeAll(async () => {
  const setUp: NamedCalls = { ...calls, "changes a lead": ({ leads }) => leads.get("none") };
  const grown = ["leads", "results", "lead_words", "lead_scores", "runs", "model_calls"];
  tables = await UnanalysedTables.plannedFor(setUp, grown);
  await tables.database.query(
    "delete from salesagent.leads; delete from salesagent.results; delete from salesagent.lead_keys",
  );
  const at = "'2026-05-01'::timestamptz + n * interval '1 second'";
  await tables.fill(
    "leads (tenant, id, source, stage, company, custom, keys, revision, created_at, updated_at)",
    `'acme', 'lead-' || n, 'csv', case when n % 1000 = 0 then 'won' else 'new' end,
      json_build_object('name', 'Number' || n || case when n % 2 = 0 then ' even' else ' odd' end
        || case when n % 100 < 30 then ' low' else '' end, 'domain', 'n' || n || '.example'), '{}', '["name:7"]', 1, ${at}, ${at}`,
  );
  await tables.fill(
    "results (tenant, id, kind, lead_id, score, data, created_at)",
    `'acme', n::text, 'qualification', 'lead-' || n, case when n % 500 = 0 then 100 else n % 100 end, '{}', ${at}`,
  );
  await tables.fill(
    "runs (tenant, id, agent, status, parent_run_id, input, started_at)",
    `'acme', n::text, 'a', 'completed', 'run-' || n / 2, '1', ${at}`,
  );
  await tables.fill(
    "model_calls (tenant, id, run_id, provider, model_id, outcome, usage, cost_nano_usd, started_at, latency_ms)",
    `'acme', n::text, n::text, 'p', 'm', 'completed', '{}', 7, ${at}, 1`,
  );
}, 120_000);

afterAll(() => tables[Symbol.asyncDispose]());

describe("leads, scores and runs that grew from nothing to tens of thousands, and that nobody has analysed", () => {
  it.each(Object.entries(calls))("are not read through by what %s", async (name, call) => {
    const read = await tables.readBy(call);
    if (!FINDS_NOTHING.has(name)) expect(read).not.toEqual([]);
    expect(read.filter(({ scanned, fetched }) => scanned > 0 || fetched > 500)).toEqual([]);
  });

  describe.each([
    ["has not been analysed", () => Promise.resolve()],
    ["has been analysed", () => tables.database.query("vacuum analyze")],
  ])("where their tenant %s", (_, prepare) => {
    beforeAll(prepare, 120_000);

    it.each(Object.entries(commonSearches))(
      "read the entries of words once, and leads of the page, in a search for %s",
      async (_, [query, words]) => {
        for (const after of [undefined, query.order === "score" ? "50000000.30000" : "0.30000"]) {
          const read = await tables.readBy(({ leads }) => leads.find(query, { limit: 20, after }));
          const fetched = Object.fromEntries(read.map(({ table, fetched }) => [table, fetched]));
          expect(read.filter(({ scanned }) => scanned > 0)).toEqual([]);
          expect(fetched["lead_words"] ?? 0).toBeLessThanOrEqual(words * MANY_ROWS);
          expect(fetched["lead_scores"] ?? 0).toBeLessThanOrEqual(MANY_ROWS);
          expect(fetched["leads"] ?? 0).toBeLessThanOrEqual(100);
        }
      },
    );
  });
});
