import { countOf, holdJobs, type JobSuite, namedJobs, noteJobs, sampleJob, workOn } from "./job-suite.js";

const MINUTE_MS = 60_000;

/** When jobs begin, how often they are tried, and how many run at once. */
export function runningCases({ describe, it, expect, open, eventually }: JobSuite): void {
  describe("running", () => {
    it("begins jobs of higher priority first, and equals in the order of their coming", async () => {
      await using setup = await open();
      const { handler, jobs } = noteJobs();
      const priorities = [0, 5, -1, 5, 0, 9];
      for (const [index, priority] of priorities.entries()) {
        await setup.engine.enqueue(sampleJob({ payload: index, priority }));
      }
      await setup.engine.enqueueMany([6, 7, 8].map((payload) => sampleJob({ payload, priority: 5 })));
      await using _worker = await workOn(setup.engine, "mail", handler, { concurrency: 1 });
      await eventually(() => expect(jobs.map((job) => job.payload)).toEqual([5, 1, 3, 6, 7, 8, 0, 4, 2]));
    });

    it("begins a job when its delay is over, and not before", async () => {
      await using setup = await open();
      const { handler, jobs } = noteJobs();
      const names = () => jobs.map((job) => job.payload);
      await using _worker = await workOn(setup.engine, "mail", handler);
      await setup.engine.enqueue(sampleJob({ payload: "later", delayMs: 2 * MINUTE_MS, priority: 9 }));
      await setup.engine.enqueue(sampleJob({ payload: "now" }));
      await eventually(() => expect(names()).toEqual(["now"]));
      await setup.pass(MINUTE_MS);
      await setup.engine.enqueue(sampleJob({ payload: "meanwhile" }));
      await eventually(() => expect(names()).toEqual(["now", "meanwhile"]));
      await setup.pass(MINUTE_MS + 1000);
      await eventually(() => expect(names()).toEqual(["now", "meanwhile", "later"]));
    });

    it("tries a job again until it succeeds, counting its tries", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      const id = await engine.enqueue(sampleJob({ payload: "shaky" }));
      await using _worker = await workOn(engine, "mail", held.handler, { retries: 2, backoffMs: MINUTE_MS });
      for (const attempt of [1, 2]) {
        await eventually(() => held.fail(new Error("not yet")));
        await eventually(async () => expect(await countOf(engine)).toEqual({ waiting: 1, running: 0 }));
        await setup.pass(attempt * 1.5 * MINUTE_MS + 1000);
      }
      await eventually(() => held.finish());
      expect(held.begun.map((job) => [job.id, job.attempt])).toEqual(
        [1, 2, 3].map((attempt) => [id, attempt]),
      );
      await eventually(async () => expect(await countOf(engine)).toEqual({ waiting: 0, running: 0 }));
      expect((await engine.deadLetters.list()).items).toEqual([]);
    });

    it("waits between tries, longer each time", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      await engine.enqueue(sampleJob({ payload: "shaky" }));
      await using _worker = await workOn(engine, "mail", held.handler, {
        retries: 2,
        backoffMs: 2 * MINUTE_MS,
      });
      const waits = [
        { short: MINUTE_MS, rest: 2 * MINUTE_MS + 1000 },
        { short: 3 * MINUTE_MS, rest: 3 * MINUTE_MS + 1000 },
      ];
      for (const [index, { short, rest }] of waits.entries()) {
        await eventually(() => held.fail(new Error("not yet"), "shaky"));
        await eventually(async () => expect(await countOf(engine)).toEqual({ waiting: 1, running: 0 }));
        await setup.pass(short);
        await engine.enqueue(sampleJob({ payload: "marker" }));
        await eventually(() => held.finish("marker"));
        expect(held.names().filter((name) => name === "shaky").length).toBe(index + 1);
        await setup.pass(rest);
        await eventually(() =>
          expect(held.names().filter((name) => name === "shaky").length).toBe(index + 2),
        );
      }
      held.finish("shaky");
    });

    it("counts whatever a handler throws as a failure, and goes on with the others", async () => {
      await using setup = await open();
      const { engine } = setup;
      const thrown: readonly unknown[] = [new TypeError("boom"), "a text", undefined, null, 7, { odd: true }];
      const done: unknown[] = [];
      const throwing = (job: { readonly payload: unknown }): Promise<void> => {
        if (job.payload === "sound") return Promise.resolve(void done.push(job.payload));
        if (job.payload === "at once") throw new RangeError("before any promise");
        return Promise.reject(thrown[Number(job.payload)]);
      };
      await engine.enqueueMany([
        ...thrown.map((_, payload) => sampleJob({ payload })),
        ...namedJobs("at once", "sound"),
      ]);
      await using _worker = await workOn(engine, "mail", throwing, { retries: 0, concurrency: 1 });
      await eventually(() => expect(done).toEqual(["sound"]));
      await eventually(async () =>
        expect((await engine.deadLetters.list()).items.length).toBe(thrown.length + 1),
      );
      const { items } = await engine.deadLetters.list();
      for (const { error } of items) {
        expect([typeof error.code, typeof error.message, error.message === ""]).toEqual([
          "string",
          "string",
          false,
        ]);
      }
    });

    it("aborts a job whose time is over, counts it as failed, and takes another in its place", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      await engine.enqueueMany(namedJobs("slow", "next"));
      const options = { retries: 0, timeoutMs: MINUTE_MS, concurrency: 1 };
      await using _worker = await workOn(engine, "mail", held.handler, options);
      await eventually(() => expect(held.names()).toEqual(["slow"]));
      expect(held.begun[0]?.signal.aborted).toBe(false);
      await setup.pass(MINUTE_MS + 1000);
      await eventually(() => expect(held.names()).toEqual(["slow", "next"]));
      expect(held.begun[0]?.signal.reason).toMatchObject({
        code: "call.timed_out",
        facts: { limitMs: MINUTE_MS },
      });
      held.finish("slow"); // too late to count
      held.finish("next");
      await eventually(async () => {
        const { items } = await engine.deadLetters.list();
        expect(items.map((job) => [job.payload, job.error.code])).toEqual([["slow", "call.timed_out"]]);
      });
    });

    it("runs as many at once as it may, and no more", async () => {
      await using setup = await open();
      const held = holdJobs();
      const names = Array.from({ length: 12 }, (_, index) => `job-${index}`);
      await setup.engine.enqueueMany(namedJobs(...names));
      await using _worker = await workOn(setup.engine, "mail", held.handler, { concurrency: 3 });
      for (let ended = 0; ended < names.length; ended++) {
        await eventually(() => expect(held.running).toBe(Math.min(3, names.length - ended)));
        held.finish();
      }
      expect(held.mostAtOnce).toBe(3);
    });

    it("gives each job to one of its workers, whatever queue another one works on", async () => {
      await using setup = await open();
      const { engine } = setup;
      const notes = [noteJobs(), noteJobs(), noteJobs()];
      const other = noteJobs();
      await using _other = await workOn(engine, "calls", other.handler);
      const workers = await Promise.all(
        notes.map(({ handler }) => engine.work("mail", handler, { concurrency: 4 })),
      );
      const ids = await engine.enqueueMany(
        Array.from({ length: 200 }, (_, index) => sampleJob({ payload: index })),
      );
      await eventually(() => expect(notes.flatMap(({ jobs }) => jobs).length).toBe(ids.length));
      await Promise.all(workers.map((worker) => worker.drain()));
      expect(notes.flatMap(({ jobs }) => jobs.map((job) => job.id)).sort()).toEqual([...ids].sort());
      expect(other.jobs.length).toBe(0);
    });

    it("refuses options of work that are out of range", async () => {
      await using setup = await open();
      for (const options of [{ retries: -1 }, { backoffMs: 0.5 }, { timeoutMs: 0 }, { concurrency: 0 }]) {
        const pending = setup.engine.work("mail", async () => {}, options);
        await expect(pending).rejects.toMatchObject({ name: "RangeError" });
      }
    });
  });
}
