/** The database of a suite that kills, and what is done to it. */
import { setTimeout as sleep } from "node:timers/promises";
import { postgres } from "@salesagent/storage-pg";
import pg from "pg";
import { findPostgres } from "../workspace/postgres.mjs";

const TRIES = 300;
const BETWEEN_TRIES_MS = 100;

/**
 * A pool of connections that outlives the crash of the database.
 *
 * @param {string} connectionString
 * @param {pg.PoolConfig} [options]
 */
export function openPool(connectionString, options = {}) {
  const pool = new pg.Pool({ connectionString, max: 2, ...options });
  // A connection that the crash of the database ends is no failure.
  pool.on("error", () => {});
  return pool;
}

/**
 * Asks until the database is there.
 *
 * @param {pg.Pool} pool
 * @param {string} text
 * @param {readonly unknown[]} [values]
 * @returns {Promise<any[]>}
 */
export async function insist(pool, text, values = []) {
  for (let tries = 1; ; tries++) {
    try {
      return (await pool.query(text, [...values])).rows;
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(BETWEEN_TRIES_MS);
    }
  }
}

/**
 * A server with our tables, for the time of a suite.
 *
 * @template T
 * @param {(url: string, server: ReturnType<typeof createServer>) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function onPostgres(work) {
  const found = await findPostgres();
  try {
    const storage = postgres({ connectionString: found.url });
    await storage.migrate();
    await storage[Symbol.asyncDispose]();
    return await work(found.url, createServer(found));
  } finally {
    await found.stop();
  }
}

/**
 * What can be done to a server that is ours; nothing is done to somebody else's.
 *
 * @param {Awaited<ReturnType<import("../workspace/postgres.mjs").findPostgres>>} found
 */
function createServer({ url, restart }) {
  /**
   * @param {(pool: pg.Pool) => Promise<unknown>} harm
   * @returns {Promise<number | undefined>} How long it was away, in milliseconds.
   */
  const awayFor = async (harm) => {
    if (!restart) return undefined;
    const pool = openPool(url);
    try {
      const startedMs = performance.now();
      await harm(pool);
      await insist(pool, "select 1");
      return performance.now() - startedMs;
    } finally {
      await pool.end();
    }
  };
  return {
    /** Kills one of its processes, after which it ends all others and recovers from its log. */
    crash: () =>
      awayFor(async (pool) => {
        const [backend] = await insist(pool, "select pg_backend_pid() as pid");
        process.kill(backend.pid, "SIGKILL");
        await sleep(BETWEEN_TRIES_MS);
      }),
    restart: () => awayFor(async () => restart?.()),
    async versions() {
      const pool = openPool(url);
      const [row] = await insist(pool, "show server_version");
      await pool.end();
      return { Node: process.versions.node, PostgreSQL: /** @type {string} */ (row.server_version) };
    },
  };
}
