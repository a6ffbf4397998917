import type { TestDatabase } from "./test-database.js";

/** Empties every table of the stores; the schema stays. */
export async function emptyTables(database: TestDatabase, schema = "salesagent"): Promise<void> {
  const tables = await database.query(
    "select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname = $1 and tablename <> 'migrations'",
    [schema],
  );
  await database.query(`truncate ${tables.map((table) => table["name"]).join(", ")}`);
}
