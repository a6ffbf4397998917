import { readFile } from "node:fs/promises";
import pg from "pg";
import { postgres } from "../packages/storage-pg/dist/index.js";
import { findPostgres } from "../scripts/workspace/postgres.mjs";

/**
 * A database with our tables for the time of a benchmark. DATABASE_URL names a server; without it one is started, with fsync on.
 *
 * @template T
 * @param {(database: { url: string, pool: pg.Pool, storage: import("@salesagent/storage-pg").PostgresStorage }) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withDatabase(work) {
  const server = await findPostgres();
  const pool = new pg.Pool({ connectionString: server.url });
  pool.on("error", () => {}); // the server's end may reach a connection before its own does
  const storage = postgres({ connectionString: server.url });
  try {
    await storage.migrate();
    console.log(await describeVersions(pool));
    return await work({ url: server.url, pool, storage });
  } finally {
    await storage[Symbol.asyncDispose]();
    await pool.end();
    await server.stop();
  }
}

/** @param {pg.Pool} pool */
async function describeVersions(pool) {
  const { rows } = await pool.query("show server_version");
  const manifest = new URL("../node_modules/pg/package.json", import.meta.url);
  const { version } = JSON.parse(await readFile(manifest, "utf8"));
  return `PostgreSQL ${rows[0].server_version} · pg ${version}`;
}
