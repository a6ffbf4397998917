import { manualClock } from "@salesagent/conformance";
import type { Job, JobEngine } from "@salesagent/ports";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestDatabase, openTestPool, type TestDatabase } from "../testing/test-database.js";
import type { PgBossJobsOptions } from "./job-options.js";
import { pgBossJobs } from "./pg-boss-jobs.js";

let database: TestDatabase;
let queues = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 5 });

/** An engine as another process would have it: with connections of its own. */
function openEngine(options: Partial<PgBossJobsOptions> = {}): JobEngine {
  return pgBossJobs({ connectionString: database.url, maxConnections: 3, ...options } as PgBossJobsOptions);
}

const job = (queue: string, payload: Job["payload"] = null) => ({ queue, tenant: "acme", payload });
const nextQueue = () => `queue-${++queues}`;

async function countOf(engine: JobEngine, queue: string) {
  return (await engine.counts()).find((row) => row.queue === queue) ?? { queue, waiting: 0, running: 0 };
}

function note() {
  const jobs: Job[] = [];
  return { jobs, handler: async (taken: Job) => void jobs.push(taken) };
}

/** A handler that never ends by itself. */
function hang() {
  const jobs: Job[] = [];
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const handler = (taken: Job) => {
    jobs.push(taken);
    return finished;
  };
  return { jobs, handler, finish };
}

/** As if jobs had begun so much earlier. */
async function letTimePass(queue: string, seconds: number): Promise<void> {
  await database.query(
    "update salesagent_jobs.job set started_on = started_on - $2 * interval '1 second' where name = $1",
    [queue, seconds],
  );
}

describe("pgBossJobs among processes", () => {
  it("makes its tables once, however many begin at the same time", async () => {
    const engines = Array.from({ length: 6 }, () => openEngine({ schema: "begun_at_once" }));
    const ids = await Promise.all(engines.map((engine, index) => engine.enqueue(job(`mail-${index % 2}`))));
    expect(new Set(ids).size).toBe(6);
    expect((await engines[0]?.counts())?.map(({ waiting }) => waiting)).toEqual([3, 3]);
    await Promise.all(engines.map((engine) => engine[Symbol.asyncDispose]()));
  });

  it("hands each of many jobs to one of three processes", async () => {
    const queue = nextQueue();
    await using sender = openEngine();
    const ids = await sender.enqueueMany(Array.from({ length: 6000 }, (_, index) => job(queue, index)));
    expect(new Set(ids).size).toBe(6000);
    const notes = [note(), note(), note()];
    const engines = notes.map(() => openEngine());
    await Promise.all(
      engines.map((engine, index) => engine.work(queue, notes[index]?.handler ?? (async () => {}))),
    );
    await eventually(async () =>
      expect(await countOf(sender, queue)).toMatchObject({ waiting: 0, running: 0 }),
    );
    await Promise.all(engines.map((engine) => engine[Symbol.asyncDispose]()));
    expect(notes.flatMap(({ jobs }) => jobs.map(({ id }) => id)).sort()).toEqual([...ids].sort());
  });

  it("tells an idle worker of another process at once, and begins delayed jobs without being told", async () => {
    const queue = nextQueue();
    await using worker = openEngine({ pollMs: 3_600_000 });
    await using sender = openEngine();
    const { jobs, handler } = note();
    await worker.work(queue, handler);
    await sender.enqueue({ ...job(queue, "later"), delayMs: 150 });
    await sender.enqueue(job(queue, "now"));
    await eventually(() => expect(jobs.map(({ payload }) => payload)).toEqual(["now", "later"]));
  });

  it.each<[string, Partial<PgBossJobsOptions>]>([
    ["it may not listen", { listen: false }],
    ["a proxy hands connections round", { pooling: "transaction" }],
  ])("finds jobs by looking where %s", async (_, options) => {
    const queue = nextQueue();
    await using worker = openEngine({ ...options, pollMs: 20 });
    await using sender = openEngine(options);
    const { jobs, handler } = note();
    await worker.work(queue, handler);
    for (const payload of [1, 2, 3]) {
      await sender.enqueue(job(queue, payload));
      await eventually(() => expect(jobs.length).toBe(payload));
    }
  });

  it("takes a job over from a process that gives no sign of life, and lets that one settle nothing", async () => {
    const queue = nextQueue();
    const clock = manualClock(); // it stands still, as a process does that is stopped
    await using paused = openEngine({ clock });
    await using other = openEngine();
    const stuck = hang();
    const held = hang();
    await paused.work(queue, stuck.handler, { retries: 2, concurrency: 1 });
    await paused.enqueue({ ...job(queue), key: "lead-1" });
    await eventually(() => expect(stuck.jobs.length).toBe(1));
    await letTimePass(queue, 16);
    await other.work(queue, held.handler, { retries: 2 });
    await eventually(() => expect(held.jobs.map(({ attempt }) => attempt)).toEqual([2]));
    stuck.finish();
    await paused[Symbol.asyncDispose](); // has written what it would
    expect(await countOf(other, queue)).toMatchObject({ running: 1 });
    expect(await other.enqueue({ ...job(queue), key: "lead-1" })).toBe(undefined);
    held.finish();
    await eventually(async () => expect(await countOf(other, queue)).toMatchObject({ running: 0 }));
  });

  it("aborts a job that was taken over meanwhile", async () => {
    const queue = nextQueue();
    const clock = manualClock();
    await using paused = openEngine({ clock, leaseMs: 1000 });
    const stuck = hang();
    await paused.work(queue, stuck.handler);
    await paused.enqueue(job(queue));
    await eventually(() => expect(stuck.jobs.length).toBe(1));
    await database.query("update salesagent_jobs.job set retry_count = 1 where name = $1", [queue]);
    clock.advance(400);
    await eventually(() => expect(stuck.jobs[0]?.signal.reason).toMatchObject({ code: "job.unavailable" }));
    expect(await countOf(paused, queue)).toMatchObject({ running: 1 });
    await database.query("delete from salesagent_jobs.job where name = $1", [queue]);
  });

  it("aborts a job before its lease ends when it can't be renewed", async () => {
    const queue = nextQueue();
    const clock = manualClock();
    await using paused = openEngine({ clock, leaseMs: 1000 });
    const stuck = hang();
    await paused.work(queue, stuck.handler);
    await paused.enqueue(job(queue));
    await eventually(() => expect(stuck.jobs.length).toBe(1));
    clock.advance(1000);
    expect(stuck.jobs[0]?.signal.reason).toMatchObject({ code: "job.unavailable" });
    await database.query("delete from salesagent_jobs.job where name = $1", [queue]);
  });

  it("keeps a long job for as long as its process gives signs of life", async () => {
    const queue = nextQueue();
    const clock = manualClock();
    await using first = openEngine({ clock, leaseMs: 3_600_000 });
    await using sender = openEngine({ leaseMs: 60_000 }); // it is the job's lease that counts
    const long = hang();
    await first.work(queue, long.handler);
    await sender.enqueue(job(queue));
    await eventually(() => expect(long.jobs.length).toBe(1));
    await letTimePass(queue, 50);
    clock.advance(20_000);
    await eventually(async () => {
      const [row] = await database.query(
        "select started_on > now() - interval '40 seconds' as renewed from salesagent_jobs.job where name = $1",
        [queue],
      );
      expect(row).toEqual({ renewed: true });
    });
    expect(long.jobs[0]?.signal.aborted).toBe(false);
    long.finish();
  });

  it("buries a job whose processes die each time", async () => {
    const queue = nextQueue();
    await using engine = openEngine({ leaseMs: 1000 });
    await engine.enqueue({ ...job(queue), key: "lead-1" });
    await database.query(
      "update salesagent_jobs.job set state = 'active', started_on = now() - interval '1 hour', retry_count = 2 where name = $1",
      [queue],
    );
    await engine.work(queue, async () => {}, { retries: 2 });
    await eventually(async () => {
      const [dead] = (await engine.deadLetters.list({ queue })).items;
      expect(dead).toMatchObject({ attempts: 3, error: { code: "job.unavailable" } });
    });
    expect(typeof (await engine.enqueue({ ...job(queue), key: "lead-1" }))).toBe("string");
  });

  it("leaves jobs to others that would wait behind long ones", async () => {
    const queue = nextQueue();
    const clock = manualClock();
    await using busy = openEngine({ clock });
    await using other = openEngine();
    const long = hang();
    const handler = async (taken: Job) => {
      if (taken.payload === "long") await long.handler(taken);
    };
    await busy.work(queue, handler, { concurrency: 1 });
    await busy.enqueueMany(Array.from({ length: 300 }, () => job(queue, "short")));
    await eventually(async () =>
      expect(await countOf(busy, queue)).toMatchObject({ waiting: 0, running: 0 }),
    );
    await busy.enqueueMany([job(queue, "long"), ...Array.from({ length: 50 }, () => job(queue, "short"))]);
    await eventually(() => expect(long.jobs.length).toBe(1));
    const { jobs, handler: notes } = note();
    clock.advance(600);
    await other.work(queue, notes);
    await eventually(() => expect(jobs.length).toBe(50));
    expect(jobs.every(({ attempt }) => attempt === 1)).toBe(true);
    long.finish();
  });

  it("runs a schedule once, however many processes look at the clock", async () => {
    const queue = nextQueue();
    const clocks = [manualClock(), manualClock(), manualClock()];
    const engines = clocks.map((clock) => openEngine({ clock, schema: "scheduled" }));
    const schedule = { name: "hourly", cron: "0 * * * *", job: job(queue) };
    for (const engine of engines) await engine.schedule(schedule);
    for (let hour = 1; hour <= 6; hour++) {
      for (const clock of clocks) clock.advance(3_600_000);
      await eventually(async () =>
        expect((await countOf(engines[0] as JobEngine, queue)).waiting).toBe(hour),
      );
    }
    // said again just as it is due, as by a process that begins, it is not passed over
    clocks[0]?.advance(3_600_000);
    await engines[0]?.schedule(schedule);
    await eventually(async () => expect((await countOf(engines[0] as JobEngine, queue)).waiting).toBe(7));
    await Promise.all(engines.map((engine) => engine[Symbol.asyncDispose]()));
  });
});

describe("pgBossJobs and failures", () => {
  it("goes on when the server ends all its connections", async () => {
    const queue = nextQueue();
    const pool = openTestPool({ connectionString: database.url, max: 4, application_name: "to-be-ended" });
    const errors: unknown[] = [];
    await using engine = pgBossJobs({ pool, onError: (error) => errors.push(error), pollMs: 3_600_000 });
    const held = hang();
    const { jobs, handler } = note();
    await engine.work(queue, held.handler);
    await engine.enqueue(job(queue));
    await eventually(() => expect(held.jobs.length).toBe(1));
    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'to-be-ended'",
    );
    held.finish();
    await eventually(async () => expect(await countOf(engine, queue)).toMatchObject({ running: 0 }));
    const second = nextQueue();
    await engine.work(second, handler);
    await using sender = openEngine();
    for (const payload of [1, 2, 3]) {
      await sender.enqueue(job(second, payload));
      await eventually(() => expect(jobs.length).toBe(payload));
    }
    await engine[Symbol.asyncDispose]();
    await pool.end();
  });

  it("says what to do when nothing listens, and may be asked again", async () => {
    await using engine = openEngine({ connectionString: "postgres://ada:s3cret@127.0.0.1:1/none" });
    for (const call of [
      () => engine.enqueue(job("mail")),
      () => engine.counts(),
      () => engine.work("mail", async () => {}),
    ]) {
      const error = await call().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({
        code: "job.unavailable",
        facts: { vendorCode: "ECONNREFUSED" },
        replay: "safe",
      });
      expect(String(error)).not.toContain("s3cret");
    }
  });

  it("works for a role that owns nothing, but for queues that are to be made", async () => {
    await using owner = openEngine();
    await owner.enqueue(job("granted"));
    const roleUrl = await database.createRole([
      "grant usage on schema salesagent_jobs to ROLE",
      "grant select, insert, update, delete on all tables in schema salesagent_jobs to ROLE",
    ]);
    await using engine = openEngine({ connectionString: roleUrl });
    const { jobs, handler } = note();
    await engine.work("granted", handler);
    await eventually(() => expect(jobs.length).toBe(1));
    const pending = engine.enqueue(job("to-be-made"));
    await expect(pending).rejects.toMatchObject({ code: "job.unavailable", facts: { vendorCode: "42501" } });
  });

  it("rejects within one turn when a call is aborted on its way", async () => {
    await using engine = openEngine();
    const caller = new AbortController();
    const pending = engine.enqueue(job(nextQueue()), { signal: caller.signal });
    const reason = new Error("prospect hung up");
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });

  it.each<[RegExp, Record<string, unknown>]>([
    [/^pgBossJobs.leaseMs/, { leaseMs: 999 }],
    [/schema/, { schema: "No" }],
    [/connectionString/, { connectionString: "" }],
  ])("refuses options by name: %s", (message, options) => {
    expect(() => openEngine(options)).toThrow(message);
  });
});
