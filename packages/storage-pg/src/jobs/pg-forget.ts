import { fromPayloadText } from "@salesagent/ports/job-rules";
import type { Mentions } from "@salesagent/ports/store-rules";
import { type Row, text } from "../columns.js";
import { said, toMentionPatterns } from "../erasure/mention-patterns.js";
import { toChunks } from "../erasure/person-search.js";
import { quote } from "../migrate.js";
import { counting, reading, type Statement, writing } from "../statement.js";
import type { JobDatabase } from "./job-database.js";
import { FORGOTTEN, SCHEDULES } from "./job-statements.js";

/** So many jobs are looked through in one statement. */
const PAGE_JOBS = 1000;
/** Before every id. */
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** Where pg-boss has jobs: those of its queues, and what its own upkeep has put aside. */
interface ForgetStatements {
  /** Gives the names of queues. */
  readonly queues: Statement;
  /** $1: queue, $2: id of the last job, $3: tenant, $4: patterns. Gives ids, and `chars` of those that it found. */
  readonly find: Statement;
  /** $1: queue, $2: ids. Gives the jobs, and locks them. */
  readonly lock: Statement;
  /** As `lock`. */
  readonly discard: Statement;
  /** As `lock`, of jobs that run: nothing is kept of them when they end, nor is their payload until then. */
  readonly discardLater: Statement;
}

function createForgetStatements(schema: string, table: "job" | "archive"): ForgetStatements {
  const jobs = `${quote(schema)}.${table}`;
  const isNamed = "name = $1 and id = any($2::uuid[])";
  const isFound = `data->>'tenant' = $3 and ${said(["data->>'payload'"])} like any($4::text[])`;
  return {
    queues: reading(
      table === "job"
        ? `select name from ${quote(schema)}.queue where name <> '${SCHEDULES}'`
        : `select distinct name from ${jobs}`,
    ),
    find: reading(`select id, case when ${isFound} then length(data->>'payload') end as chars
      from (select id, data from ${jobs} where name = $1 and id > $2::uuid order by id limit ${PAGE_JOBS}) page order by id`),
    lock: writing(`select id, state, data->>'payload' as payload from ${jobs} where ${isNamed}
      and data->>'payload' is not null order by id for update`),
    discard: counting(`delete from ${jobs} where ${isNamed}`),
    discardLater:
      counting(`update ${jobs} set data = jsonb_build_object('tenant', data->'tenant', '${FORGOTTEN}', true)
      where ${isNamed}`),
  };
}

/** Discards jobs that mention a person. */
export class PgForget {
  readonly #tables: readonly ForgetStatements[];

  constructor(
    schema: string,
    private readonly database: JobDatabase,
  ) {
    this.#tables = [createForgetStatements(schema, "job"), createForgetStatements(schema, "archive")];
  }

  /** @returns How many were discarded. */
  async forget(tenant: string, mentions: Mentions, signal: AbortSignal | undefined): Promise<number> {
    let discarded = 0;
    for (const statements of this.#tables) {
      for (const row of await this.database.run(statements.queues, [], signal)) {
        const queue = text(row, "name");
        discarded += await this.#forgetIn(statements, queue, { tenant, mentions, signal });
      }
    }
    return discarded;
  }

  async #forgetIn(
    statements: ForgetStatements,
    queue: string,
    search: {
      readonly tenant: string;
      readonly mentions: Mentions;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<number> {
    const { tenant, mentions, signal } = search;
    const patterns = toMentionPatterns(mentions);
    let discarded = 0;
    let rows: readonly Row[];
    let after = FIRST_ID;
    do {
      rows = await this.database.run(statements.find, [queue, after, tenant, patterns], signal);
      for (const chunk of toChunks(rows.filter(({ chars }) => chars !== null))) {
        signal?.throwIfAborted();
        discarded += await this.#discard(statements, queue, chunk, mentions);
      }
      after = rows.at(-1)?.["id"] ?? after;
    } while (rows.length === PAGE_JOBS);
    return discarded;
  }

  #discard(
    { lock, discard, discardLater }: ForgetStatements,
    queue: string,
    found: readonly Row[],
    mentions: Mentions,
  ): Promise<number> {
    return this.database.transaction(async (run) => {
      const jobs = await run(lock, [queue, found.map((row) => row["id"])]);
      const about = jobs.filter((row) => mentions.isIn(fromPayloadText(text(row, "payload"))));
      const idsOf = (runs: boolean) =>
        about.filter(({ state }) => (state === "active") === runs).map(({ id }) => id);
      const [waiting, running] = [idsOf(false), idsOf(true)];
      if (running.length > 0) await run(discardLater, [queue, running]);
      return waiting.length === 0 ? 0 : (await run(discard, [queue, waiting])).length;
    });
  }
}
