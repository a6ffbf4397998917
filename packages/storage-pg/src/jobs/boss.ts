import { SalesAgentError } from "@salesagent/ports";
import type PgBoss from "pg-boss";
import type { Row } from "../columns.js";
import { createStatementCache, writing } from "../statement.js";
import type { JobDatabase } from "./job-database.js";
import type { JobStatements } from "./job-statements.js";

/** What pg-boss runs its SQL by. */
interface BossDatabase {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/**
 * The part that pg-boss has in this: it makes and migrates the tables and the queues, and claims jobs. Its own loops, for
 * workers, maintenance and schedules, are not started.
 */
export class Boss {
  readonly #statementOf = createStatementCache(writing);
  readonly #known = new Set<string>();
  #started: Promise<PgBoss> | undefined;

  constructor(
    private readonly schema: string,
    private readonly database: JobDatabase,
    private readonly statements: JobStatements,
  ) {}

  /** Makes the tables where they are missing. Safe from many processes at once, and again. */
  async start(): Promise<void> {
    await this.#start();
  }

  /** Which of these queues are not known to exist. */
  unknownOf(queues: Iterable<string>): readonly string[] {
    return [...new Set(queues)].filter((queue) => !this.#known.has(queue));
  }

  /** Makes queues where they are missing. */
  async ensureQueues(queues: Iterable<string>): Promise<void> {
    await this.#start();
    const unknown = this.unknownOf(queues);
    if (unknown.length === 0) return;
    const found = await this.database.run(this.statements.findQueues, [unknown]);
    for (const row of found) if (row["name"] != null) this.#known.add(row["name"]);
    for (const queue of this.unknownOf(unknown)) {
      await this.database.run(this.statements.createQueue, [queue]);
      this.#known.add(queue);
    }
  }

  /** Claims jobs that are due, the first ones first. */
  async fetch(queue: string, count: number): Promise<readonly Row[]> {
    const boss = await this.#start();
    let outcome: { readonly rows: readonly Row[] } | { readonly error: unknown } = { rows: [] };
    const db: BossDatabase = {
      // what pg-boss gives is of other types, and a failure it answers with no jobs at all
      executeSql: async (text, values) => {
        try {
          const rows = await this.database.run(this.#statementOf(text), values ?? []);
          outcome = { rows };
        } catch (error) {
          outcome = { error };
        }
        return { rows: [] };
      },
    };
    await boss.fetch(queue, { batchSize: count, includeMetadata: true, db });
    if ("error" in outcome) throw outcome.error;
    return outcome.rows;
  }

  #start(): Promise<PgBoss> {
    this.#started ??= this.#open().catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    return this.#started;
  }

  async #open(): Promise<PgBoss> {
    const Boss10 = await loadPgBoss();
    const boss = new Boss10({ db: this.#database(), schema: this.schema, supervise: false, schedule: false });
    await boss.start();
    const indexes = await this.database.run(this.statements.hasIndexes, [this.schema]);
    if (indexes.length === 0) await this.database.script(this.statements.createIndexes);
    return boss;
  }

  #database(): BossDatabase {
    return {
      executeSql: async (text, values = []) => {
        if (!/^\s*begin;/i.test(text)) {
          return { rows: [...(await this.database.run(this.#statementOf(text), values))] };
        }
        await this.database.script(text).catch(rethrowInItsWords);
        return { rows: [] };
      },
    };
  }
}

/** Where two make the tables at once, pg-boss knows it by the words of the server. */
function rethrowInItsWords(error: unknown): never {
  const words = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
  throw words.includes("already exists") ? new Error(words, { cause: error }) : error;
}

async function loadPgBoss() {
  try {
    return (await import("pg-boss")).default;
  } catch (cause) {
    throw new SalesAgentError("config.invalid", {
      message: "pgBossJobs needs the package pg-boss, which can't be loaded. Run: npm install pg-boss@10",
      facts: { option: "pgBossJobs" },
      replay: "safe",
      cause,
    });
  }
}
