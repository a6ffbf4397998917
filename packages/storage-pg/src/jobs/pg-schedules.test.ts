import { manualClock } from "@salesagent/conformance";
import type { JobEngine } from "@salesagent/ports";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { PgClient, PgPool } from "../pg-pool.js";
import { createTestDatabase, openTestPool, type TestDatabase } from "../testing/test-database.js";
import { pgBossJobs } from "./pg-boss-jobs.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 5 });

/** A pool whose first answer about the next schedule is on its way until it is let go. */
function poolOfSlowAnswer(inner: pg.Pool) {
  let letGo = () => {};
  let asked = 0;
  const arrives = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const slow = (client: PgClient): PgClient => ({
    async query(query) {
      const answer = await client.query(query);
      if (query.text.includes("min(start_after)") && ++asked === 1) await arrives;
      return answer;
    },
    on: client.on.bind(client),
    release: client.release.bind(client),
  });
  const pool: PgPool = { options: inner.options, connect: async () => slow(await inner.connect()) };
  return { pool, letGo, asked: () => asked };
}

const waitingIn = async (engine: JobEngine, queue: string) =>
  (await engine.counts()).find((row) => row.queue === queue)?.waiting ?? 0;

describe("a schedule that is put while others are looked at", () => {
  it("is on time, though it was not there yet when they were read", async () => {
    const inner = openTestPool({ connectionString: database.url, max: 4 });
    const { pool, letGo, asked } = poolOfSlowAnswer(inner);
    const clock = manualClock(Date.UTC(2026, 0, 1, 8, 59, 55));
    {
      await using engine = pgBossJobs({ pool, clock });
      const job = { queue: "soon", tenant: "acme", payload: null };
      await engine.schedule({ name: "yearly", cron: "0 0 1 6 *", job: { ...job, queue: "later" } });
      await eventually(() => expect(asked()).toBe(1));
      await engine.schedule({ name: "hourly", cron: "0 * * * *", job });
      letGo();
      clock.advance(5_000);
      await eventually(async () => {
        clock.advance(1);
        expect(await waitingIn(engine, "soon")).toBe(1);
      });
    }
    await inner.end();
  });
});
