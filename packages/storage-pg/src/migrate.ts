import { createHash } from "node:crypto";
import { invalidValue } from "@salesagent/ports/store-rules";
import type { Row } from "./columns.js";
import { type Migration, migrations } from "./migrations/migration.js";
import type { PgClient } from "./pg-pool.js";

/** Reads the catalogue itself: `to_regclass` may answer from a cache that is older than the lock. */
const FIND_MIGRATIONS = `select c.oid from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = 'migrations'`;

/** Runs SQL on one connection and gives its rows as text. */
type RunSql = (text: string, values?: readonly string[]) => Promise<readonly Row[]>;

/**
 * Brings a schema up to date on one connection, in one transaction. Others who migrate it at the same time wait for an
 * advisory lock. A role that may not create tables passes where nothing is left to do.
 */
export async function migrateSchema(client: PgClient, schema: string): Promise<void> {
  const run: RunSql = async (text, values) => {
    const types = { getTypeParser: () => (value: string) => value };
    const query = values === undefined ? { text, types } : { text, types, values: [...values] };
    return (await client.query(query)).rows as Row[];
  };
  if ((await findPending(run, schema)).length === 0) return;
  await run("begin");
  try {
    await run("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`salesagent.migrate.${schema}`]);
    await applyPending(run, schema);
    await run("commit");
  } catch (error) {
    await run("rollback").catch(() => {}); // the connection may be lost; what went wrong first counts
    throw error;
  }
}

async function applyPending(run: RunSql, schema: string): Promise<void> {
  const pending = await findPending(run, schema);
  if (pending.length === 0) return;
  await run(`create schema if not exists ${quote(schema)}`);
  await run(`create table if not exists ${quote(schema)}.migrations (
    number integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now()
  )`);
  for (const { number, name, sql } of pending) {
    await run(sql.replaceAll("$schema", quote(schema)));
    await run(`insert into ${quote(schema)}.migrations (number, name, checksum) values ($1, $2, $3)`, [
      String(number),
      name,
      checksumOf(sql),
    ]);
  }
}

/** The migrations that the schema lacks. @throws `store.invalid` when one of those it has was another. */
async function findPending(run: RunSql, schema: string): Promise<readonly Migration[]> {
  const [found] = await run(FIND_MIGRATIONS, [schema]);
  if (found === undefined) return migrations;
  const rows = await run(`select number, checksum from ${quote(schema)}.migrations`);
  const checksums = new Map(rows.map((row) => [Number(row["number"]), row["checksum"]]));
  return migrations.filter(({ number, sql, name }) => {
    const applied = checksums.get(number);
    if (applied !== undefined && applied !== checksumOf(sql)) {
      const problem = `the schema ${schema} had another migration ${number} (${name}) applied; use the version of this package that made it, or another schema`;
      throw invalidValue("storage", `migrations[${number}].checksum`, problem);
    }
    return applied === undefined;
  });
}

function checksumOf(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}

/** A name as an SQL identifier. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
