import type { LeadDraft, LeadQuery, LeadStage } from "@salesagent/ports";
import { hasWords } from "@salesagent/ports/store-rules";
import fc from "fast-check";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type PgTenantStorage, postgres } from "./postgres.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "./testing/test-database.js";

/** More than are looked up one by one. */
const MANY = 2400;
const GRANTS = [
  "grant usage on schema salesagent to ROLE",
  "grant select, insert, update, delete on all tables in schema salesagent to ROLE",
];

interface Stored {
  readonly index: number;
  readonly draft: LeadDraft & { readonly stage: LeadStage };
  readonly score: number | undefined;
}

const stored: readonly Stored[] = Array.from({ length: MANY }, (_, index) => {
  const says = [
    ...["gmbh group", index % 2 === 0 ? "even" : "odd", index % 10 < 7 ? "most" : ""],
    ...[index % 60 === 0 ? "rare rarely" : "", index < 1000 ? "thousand" : "", index <= 1000 ? "over" : ""],
  ];
  const stage = index % 3 === 0 ? "won" : "new";
  return {
    index,
    draft: {
      ...{ company: { name: `${says.join(" ")} number${index}`, provenance: {} }, stage, custom: { index } },
      ...{ source: index % 7 === 0 ? "csv:few" : "csv:many", keys: [`name:${index}`] },
    },
    // many of one score; and of some, none
    score: index % 8 === 0 ? undefined : ((index * 7919) % 40) * 2.5,
  };
});

let database: TestDatabase;
let pool: pg.Pool;
let acme: PgTenantStorage;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
  pool = openTestPool({ connectionString: await database.createRole(GRANTS), max: 1 });
  acme = postgres({ pool }).tenant("acme");
  for (const tenant of [acme, postgres({ pool }).tenant("other")]) {
    const outcomes = await tenant.leads.insertMany(stored.map(({ draft }) => draft));
    const createdAt = "2026-05-01T09:00:00.000Z";
    await tenant.results.addMany(
      stored.flatMap(({ index, score }) => {
        const leadId = outcomes[index]?.id ?? "";
        const result = { id: `${index}`, kind: "qualification", leadId, data: {}, createdAt } as const;
        return score === undefined ? [] : [{ ...result, score }];
      }),
    );
  }
}, 60_000);

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

/** Which of the stored leads a query means, in its order. */
function meant({ search, stage, source, minScore, maxScore, order }: LeadQuery): readonly number[] {
  const words = search?.split(" ");
  const found = stored.filter(
    ({ draft, score }) =>
      (words === undefined || hasWords(draft, words)) &&
      (stage === undefined || draft.stage === stage) &&
      (source === undefined || draft.source === source) &&
      (minScore === undefined || (score !== undefined && score >= minScore)) &&
      (maxScore === undefined || (score !== undefined && score <= maxScore)) &&
      (order !== "score" || score !== undefined),
  );
  if (order === "score")
    found.sort((left, right) => (right.score ?? 0) - (left.score ?? 0) || right.index - left.index);
  return found.map(({ index }) => index);
}

async function listed(query: LeadQuery, limit: number): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let after: string | undefined;
  do {
    const page = await acme.leads.find(query, { limit, after });
    for (const { custom, qualification } of page.items) {
      items.push(custom["index"]);
      expect(qualification?.score).toBe(stored[Number(custom["index"])]?.score);
    }
    after = page.next;
  } while (after !== undefined);
  return items;
}

const words = fc.constantFrom(
  ..."gmbh g even odd most m rare thousand over number number7 number777 zzz".split(" "),
);
const score = fc.option(fc.constantFrom(0, 2.5, 40, 62.5, 97.5, 100), { nil: undefined });
const queries: fc.Arbitrary<LeadQuery> = fc.record({
  search: fc.option(
    fc.uniqueArray(words, { minLength: 1, maxLength: 3 }).map((of) => of.join(" ")),
    { nil: undefined, freq: 6 },
  ),
  stage: fc.option(fc.constantFrom("won", "new"), { nil: undefined }),
  source: fc.option(fc.constantFrom("csv:few", "csv:many"), { nil: undefined }),
  minScore: score,
  maxScore: score,
  order: fc.constantFrom("stored", "score"),
});

/** Words that leads have twice, and those of as many leads as are looked up one by one, or of one more. */
const EXAMPLES: [LeadQuery, number][] = ["rare", "g", "thousand", "over"].flatMap((search) => [
  [{ search, order: "stored" }, 97],
  [{ search, order: "score" }, 97],
]);

it("gives exactly the leads that a query means, in their order, whatever the size of a page", async () => {
  const limits = fc.constantFrom(97, 300, 1000);
  await fc.assert(
    fc.asyncProperty(queries, limits, async (query, limit) => {
      expect(await listed(query, limit)).toEqual(meant(query));
    }),
    { numRuns: 120, examples: EXAMPLES },
  );
}, 120_000);
