import type { TestDatabase } from "./test-database.js";

/** Empties every table of the stores that holds something; the schema stays. */
export async function emptyTables(database: TestDatabase, schema = "salesagent"): Promise<void> {
  const tables = await database.query(
    "select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname = $1 and tablename <> 'migrations'",
    [schema],
  );
  const filled = await database.query(
    tables
      .map(({ name }) => `select '${name}' as name where exists (select from ${name})`)
      .join(" union all "),
  );
  if (filled.length > 0) await database.query(`truncate ${filled.map(({ name }) => name).join(", ")}`);
}
