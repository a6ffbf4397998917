import { manualClock } from "@salesagent/conformance";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.js";
import type { PgBossJobsOptions } from "./job-options.js";
import { pgBossJobs } from "./pg-boss-jobs.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

const open = (options: Partial<PgBossJobsOptions> = {}) =>
  pgBossJobs({ connectionString: database.url, maxConnections: 3, ...options } as PgBossJobsOptions);
const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 5 });
const ada = { tenant: "acme", mentions: ["ada@fjord.example"] };
const job = (queue: string, payload = "to Ada@Fjord.example") => ({ queue, tenant: "acme", payload });
const rowsOf = (queue: string, table = "job") =>
  database.query(`select data, state::text from salesagent_jobs.${table} where name = $1`, [queue]);

describe("pgBossJobs.forget", () => {
  it("discards what the upkeep of pg-boss kept of jobs that are done, and put aside", async () => {
    await using engine = open();
    await engine.enqueueMany([job("kept"), job("kept", "to Bo"), job("kept")]);
    await database.query(
      `with moved as (delete from salesagent_jobs.job where id in (
         select id from salesagent_jobs.job where name = 'kept' order by data->>'payload' desc limit 2) returning *)
       insert into salesagent_jobs.archive select * from moved`,
    );
    await database.query("update salesagent_jobs.job set state = 'completed' where name = 'kept'");
    expect(await engine.forget(ada)).toBe(2);
    expect(await rowsOf("kept")).toEqual([]);
    expect(await rowsOf("kept", "archive")).toMatchObject([{ data: { payload: '"to Bo"' } }]);
  });

  it("drops the payload of a job that runs at once, and lets nobody take it over", async () => {
    const clock = manualClock(); // it stands still, as a process does that is stopped
    await using paused = open({ clock });
    await using other = open();
    const begun: string[] = [];
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await paused.work(
      "lost",
      ({ payload }) => {
        begun.push(String(payload));
        return held;
      },
      { retries: 3 },
    );
    await paused.enqueue(job("lost"));
    await eventually(() => expect(begun).toHaveLength(1));

    expect(await other.forget(ada)).toBe(0);
    expect(await rowsOf("lost")).toEqual([{ data: { tenant: "acme", forgotten: true }, state: "active" }]);

    await database.query(
      "update salesagent_jobs.job set started_on = started_on - interval '1 minute' where name = 'lost'",
    );
    await other.work("lost", async ({ payload }) => void begun.push(String(payload)), { retries: 3 });
    await eventually(async () => expect(await rowsOf("lost")).toEqual([]));
    expect((await other.deadLetters.list()).items).toEqual([]);
    expect(begun).toHaveLength(1);
    finish();
  });

  it("looks through many jobs of many queues, a page at a time", async () => {
    await using engine = open();
    const jobs = Array.from({ length: 5000 }, (_, index) =>
      job(`many-${index % 2}`, index % 3 === 0 ? "to ada@fjord.example" : "to jada@fjord.example"),
    );
    await engine.enqueueMany(jobs);
    expect(await engine.forget(ada)).toBe(1667);
    expect(await engine.forget(ada)).toBe(0);
    expect(await engine.counts()).toEqual([
      { queue: "many-0", waiting: 1666, running: 0 },
      { queue: "many-1", waiting: 1667, running: 0 },
    ]);
  });
});
