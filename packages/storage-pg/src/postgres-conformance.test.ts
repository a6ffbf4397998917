import { storageConformance } from "@salesagent/conformance";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "./postgres.js";
import { emptyTables } from "./testing/emptied-storage.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "./testing/test-database.js";

const GRANTS = [
  "grant usage on schema salesagent to ROLE",
  "grant select, insert, update, delete on all tables in schema salesagent to ROLE",
];

let database: TestDatabase;
let roleUrl: string;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
  roleUrl = await database.createRole(GRANTS);
  pool = openTestPool({ connectionString: roleUrl, max: 4 });
});

afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const ways = {
  "a connection string, as the owner": () => postgres({ connectionString: database.url }),
  "the host's pool, as a role that owns nothing": () => postgres({ pool }),
  "transaction pooling, as a role that owns nothing": () => postgres({ pool, pooling: "transaction" }),
};

describe.each(Object.entries(ways))("by %s", (_, create) => {
  const open = async () => {
    await emptyTables(database);
    return create();
  };
  // a proxy that hands connections round lets nobody listen
  const notices = create !== ways["transaction pooling, as a role that owns nothing"];
  storageConformance({ describe, it, expect }, open, { reopen: async () => create(), notices });
});
