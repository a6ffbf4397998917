import {
  countOf,
  holdJobs,
  type JobEngineSetup,
  type JobSuite,
  namedJobs,
  noteJobs,
  sampleJob,
  workOn,
} from "./job-suite.js";
import { everyCall } from "./taking-in-cases.js";

/** How workers and engines end, and what they leave. */
export function stoppingCases({ describe, it, expect, open, eventually }: JobSuite): void {
  describe("stopping", () => {
    it("drains: takes no more, waits for what runs, leaves the rest", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      const worker = await engine.work("mail", held.handler, { concurrency: 2 });
      await engine.enqueueMany(namedJobs("a", "b", "c", "d"));
      await eventually(() => expect(held.running).toBe(2));
      let drained = false;
      const draining = worker.drain().then(() => {
        drained = true;
      });
      held.finish("a");
      await eventually(async () => expect(await countOf(engine)).toEqual({ waiting: 2, running: 1 }));
      expect([drained, held.begun[1]?.signal.aborted]).toEqual([false, false]);
      held.finish("b");
      await draining;
      expect(held.names()).toEqual(["a", "b"]);
      expect(await countOf(engine)).toEqual({ waiting: 2, running: 0 });
      await worker.drain();
      await worker[Symbol.asyncDispose]();
    });

    it("gives back what doesn't end in time, without counting the try", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      const first = await engine.work("mail", held.handler, { retries: 0 });
      await engine.enqueue(sampleJob({ payload: "long", key: "lead-1" }));
      await eventually(() => expect(held.running).toBe(1));
      const draining = first.drain({ timeoutMs: 60_000 });
      await setup.pass(61_000);
      await draining;
      expect(held.begun[0]?.signal.reason).toMatchObject({ code: "job.unavailable" });
      expect(await countOf(engine)).toEqual({ waiting: 1, running: 0 });
      expect(await engine.enqueue(sampleJob({ key: "lead-1" }))).toBe(undefined);
      held.finishAll(); // too late to count
      const { handler, jobs } = noteJobs();
      await using _second = await workOn(engine, "mail", handler);
      await eventually(() => expect(jobs.map((job) => [job.payload, job.attempt])).toEqual([["long", 1]]));
      await expect(first.drain({ timeoutMs: -1 })).rejects.toMatchObject({ name: "RangeError" });
    });

    it("gives back at once when it may not wait", async () => {
      await using setup = await open();
      const held = holdJobs();
      const worker = await setup.engine.work("mail", held.handler);
      await setup.engine.enqueueMany(namedJobs("a", "b"));
      await eventually(() => expect(held.running).toBe(2));
      await worker.drain({ timeoutMs: 0 });
      expect(await countOf(setup.engine)).toEqual({ waiting: 2, running: 0 });
    });

    it("drains its workers when it is closed, and refuses every call from then on", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      await engine.work("mail", held.handler);
      await engine.enqueue(sampleJob());
      await eventually(() => expect(held.running).toBe(1));
      const closing = engine[Symbol.asyncDispose]();
      for (const run of everyCall(engine))
        await expect(run()).rejects.toMatchObject({ code: "job.unavailable" });
      const pending = engine.work("mail", held.handler);
      await expect(pending).rejects.toMatchObject({ code: "job.unavailable" });
      held.finishAll();
      await closing;
      await engine[Symbol.asyncDispose]();
    });

    it("holds jobs, dead letters and schedules beyond its closing exactly when it says so", async () => {
      await using setup = await open();
      const { engine } = setup;
      const { durable } = engine.supports;
      await engine.enqueue(sampleJob({ queue: "calls", payload: "kept" }));
      await engine.enqueue(sampleJob({ payload: "dead" }));
      await engine.schedule({ name: "hourly", cron: "0 * * * *", job: sampleJob({ queue: "report" }) });
      await engine.work("mail", () => Promise.reject(new Error("no")), { retries: 0 });
      await eventually(async () => expect((await engine.deadLetters.list()).items.length).toBe(1));
      await engine[Symbol.asyncDispose]();
      await using second = await openAgain(setup);
      expect((await second.deadLetters.list()).items.length).toBe(durable ? 1 : 0);
      expect(await countOf(second, "calls")).toEqual({ waiting: durable ? 1 : 0, running: 0 });
      const { handler, jobs } = noteJobs();
      await using _worker = await workOn(second, "calls", handler);
      if (!durable) return;
      await eventually(() => expect(jobs.map((job) => job.payload)).toEqual(["kept"]));
      await setup.pass(3_600_000);
      await eventually(async () =>
        expect(await countOf(second, "report")).toEqual({ waiting: 1, running: 0 }),
      );
    });
  });

  async function openAgain(setup: JobEngineSetup) {
    if (setup.reopen !== undefined) return setup.reopen();
    if (!setup.engine.supports.durable) return (await open()).engine;
    throw new TypeError("jobEngineConformance needs setup.reopen for an engine that is durable");
  }
}
