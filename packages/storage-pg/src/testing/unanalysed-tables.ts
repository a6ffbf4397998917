import type { TenantStores } from "@salesagent/ports";
import type pg from "pg";
import type { PgClient, PgPool } from "../pg-pool.js";
import { type PgTenantStorage, postgres } from "../postgres.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "./test-database.js";

/** Rows of each table that is filled. */
export const MANY_ROWS = 60_000;
/** Calls after which PostgreSQL may keep a plan for good. */
const ENOUGH_FOR_A_KEPT_PLAN = 8;
const GRANTS = [
  "grant usage on schema salesagent to ROLE",
  "grant select, insert, update, delete on all tables in schema salesagent to ROLE",
];

/** Calls of a tenant's stores, by what they do. */
export type NamedCalls = Readonly<Record<string, (stores: TenantStores) => Promise<unknown>>>;

/** Rows of a table that a call read: by looking through it, and by indexes. */
export interface RowsRead {
  readonly table: string;
  readonly scanned: number;
  readonly fetched: number;
}

type Counts = Readonly<Record<string, readonly [scanned: number, fetched: number]>>;

/**
 * Tables that grow while nobody analyses them, and one connection with plans of the time when they were empty, as a role that
 * row-level security holds for.
 */
export class UnanalysedTables implements AsyncDisposable {
  readonly database: TestDatabase;
  readonly #pool: pg.Pool;
  readonly #acme: PgTenantStorage;
  #lent: PgClient | undefined;

  private constructor(database: TestDatabase, pool: pg.Pool) {
    this.database = database;
    this.#pool = pool;
    const watched: PgPool = {
      connect: async () => {
        this.#lent = await pool.connect();
        return this.#lent;
      },
    };
    this.#acme = postgres({ pool: watched }).tenant("acme");
  }

  /** Makes all calls while the tables are empty, so often that their plans are kept. */
  static async plannedFor(calls: NamedCalls, tables: readonly string[]): Promise<UnanalysedTables> {
    const database = await createTestDatabase();
    await using storage = postgres({ connectionString: database.url });
    await storage.migrate();
    const pool = openTestPool({ connectionString: await database.createRole(GRANTS), max: 1 });
    const opened = new UnanalysedTables(database, pool);
    for (let round = 0; round < ENOUGH_FOR_A_KEPT_PLAN; round++) {
      for (const call of Object.values(calls)) await call(opened.#acme);
    }
    for (const table of tables) {
      await database.query(`alter table salesagent.${table} set (autovacuum_enabled = off)`);
    }
    return opened;
  }

  /** @param values - SQL; `n` counts from 1. */
  async fill(into: string, values: string): Promise<void> {
    await this.database.query(
      `insert into salesagent.${into} select ${values} from generate_series(1, ${MANY_ROWS}) n`,
    );
  }

  /** What a call reads, table by table. */
  async readBy(call: NamedCalls[string]): Promise<readonly RowsRead[]> {
    const [before, after] = await this.#acme.transaction(
      async (stores) => {
        await stores.leads.get("the transaction begins");
        const start = await this.#counts();
        await call(stores);
        return [start, await this.#counts()] as const;
      },
      { isolation: "read-committed" },
    );
    return Object.entries(after).flatMap(([table, [scanned, fetched]]) => {
      const [scannedBefore, fetchedBefore] = before[table] ?? [0, 0];
      const rows = { table, scanned: scanned - scannedBefore, fetched: fetched - fetchedBefore };
      return rows.scanned + rows.fetched === 0 ? [] : [rows];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
    await this.database[Symbol.asyncDispose]();
  }

  /** How many rows of each table the connection has read so far in its transaction. */
  async #counts(): Promise<Counts> {
    const answer = await this.#lent?.query({
      text: `select relname, coalesce(seq_tup_read, 0) as scanned, coalesce(idx_tup_fetch, 0) as fetched
        from pg_stat_xact_user_tables where schemaname = 'salesagent'`,
    });
    const rows = (answer?.rows ?? []) as readonly Record<string, unknown>[];
    return Object.fromEntries(
      rows.map((row) => [String(row["relname"]), [Number(row["scanned"]), Number(row["fetched"])]]),
    );
  }
}
