import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** A database of a test file's own. */
export interface TestDatabase extends AsyncDisposable {
  /** Of the superuser, who passes row-level security by. */
  readonly url: string;
  /** The same database for a role that owns nothing, made anew; `grants` are run with its name for `ROLE`. */
  createRole(grants: readonly string[]): Promise<string>;
  /** Runs SQL as the superuser. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

/** Creates an empty database on the server of this test run; closing it drops it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const answer = await fetch(inject("postgresDoor"));
  const serverUrl = await answer.text();
  if (!answer.ok) throw new Error(`no PostgreSQL for tests: ${serverUrl}`);
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await withClient(serverUrl, (client) => client.query(`create database ${name} template template0`));
  const url = withPart(serverUrl, (target) => {
    target.pathname = `/${name}`;
  });
  const pool = openTestPool({ connectionString: url, max: 2, allowExitOnIdle: true });
  const roles: string[] = [];

  return {
    url,
    async createRole(grants) {
      const role = `role_${randomUUID().replaceAll("-", "")}`;
      roles.push(role);
      await pool.query(`create role ${role} login password 'secret' nosuperuser nobypassrls`);
      for (const grant of grants) await pool.query(grant.replaceAll("ROLE", role));
      return withPart(url, (target) => {
        target.username = role;
        target.password = "secret";
      });
    },
    async query(text, values = []) {
      return (await pool.query<Record<string, unknown>>(text, [...values])).rows;
    },
    async [Symbol.asyncDispose]() {
      await pool.end();
      await withClient(serverUrl, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`);
        for (const role of roles) await client.query(`drop role if exists ${role}`);
      });
    },
  };
}

/** A pool that bears the end of any of its connections: a test may end them all, and its database is dropped. */
export function openTestPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

function withPart(url: string, change: (target: URL) => void): string {
  const target = new URL(url);
  change(target);
  return target.href;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
