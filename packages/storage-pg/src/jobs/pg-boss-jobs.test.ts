import { type JobEngineSetup, jobEngineConformance, manualClock } from "@salesagent/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "../postgres.js";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.js";
import { pgBossJobs } from "./pg-boss-jobs.js";

/** So long that no job is lost when a case lets days go by. */
const LEASE_MS = 2 ** 31 - 1;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
});

afterAll(() => database[Symbol.asyncDispose]());

/** The server's time can't be moved, so that what waits is moved towards it. */
const BRING_FORWARD =
  "update salesagent_jobs.job set start_after = start_after - $1 * interval '1 millisecond' where name <> '__schedules'";
/** For workers that asked just before how long to wait. */
const TELL_ALL = "select pg_notify('salesagent_jobs_wake', '0 ' || name) from salesagent_jobs.queue";

async function open(): Promise<JobEngineSetup> {
  const clock = manualClock();
  const openEngine = () =>
    pgBossJobs({
      connectionString: database.url,
      clock,
      leaseMs: LEASE_MS,
      pollMs: 60_000,
      maxConnections: 4,
    });
  const engine = openEngine();
  const storage = postgres({ connectionString: database.url, maxConnections: 4 });
  await engine.counts(); // makes the tables
  await database.query("truncate salesagent_jobs.job");
  return {
    engine,
    storage,
    now: () => clock.now(),
    async pass(ms) {
      await database.query(BRING_FORWARD, [ms]);
      clock.advance(ms);
      await database.query(TELL_ALL);
    },
    reopen: async () => openEngine(),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}

jobEngineConformance({ describe, it, expect }, open);
