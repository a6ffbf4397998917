import { countOf, type JobSuite, noteJobs, sampleJob, workOn } from "./job-suite.js";

const MINUTE_MS = 60_000;
/** India's clocks are this far ahead of UTC all year. */
const KOLKATA_MS = 330 * MINUTE_MS;

/** A cron expression for the time of day, in a zone that is `aheadMs` ahead of UTC. */
function dailyAt(timeMs: number, aheadMs = 0): string {
  const local = new Date(timeMs + aheadMs);
  return `${local.getUTCMinutes()} ${local.getUTCHours()} * * *`;
}

/** Jobs by the clock. */
export function scheduleCases({ describe, it, expect, open, eventually }: JobSuite): void {
  describe("schedules", () => {
    it("enqueue when the clock says so, again and again", async () => {
      await using setup = await open();
      const { engine } = setup;
      const { handler, jobs } = noteJobs();
      await using _worker = await workOn(engine, "mail", handler);
      const job = sampleJob({ tenant: "globex", payload: { report: "daily" } });
      await engine.schedule({ name: "report", cron: dailyAt(setup.now() + 10 * MINUTE_MS), job });
      await setup.pass(8 * MINUTE_MS);
      await engine.enqueue(sampleJob({ payload: "marker" }));
      await eventually(() => expect(jobs.map(({ payload }) => payload)).toEqual(["marker"]));
      await setup.pass(2 * MINUTE_MS);
      await eventually(() => expect(jobs.length).toBe(2));
      expect(jobs[1]).toMatchObject({ tenant: "globex", payload: { report: "daily" }, attempt: 1 });
      await setup.pass(24 * 60 * MINUTE_MS);
      await eventually(() => expect(jobs.length).toBe(3));
    });

    it("go by the clocks of their zone", async () => {
      await using setup = await open();
      const { engine } = setup;
      const { handler, jobs } = noteJobs();
      await using _worker = await workOn(engine, "mail", handler);
      const cron = dailyAt(setup.now() + 10 * MINUTE_MS, KOLKATA_MS);
      await engine.schedule({
        name: "there",
        cron,
        zone: "Asia/Kolkata",
        job: sampleJob({ payload: "there" }),
      });
      await setup.pass(11 * MINUTE_MS);
      await eventually(() => expect(jobs.map(({ payload }) => payload)).toEqual(["there"]));
    });

    it("give way to one of the same name", async () => {
      await using setup = await open();
      const { engine } = setup;
      const { handler, jobs } = noteJobs();
      await using _worker = await workOn(engine, "mail", handler);
      const soon = dailyAt(setup.now() + 10 * MINUTE_MS);
      await engine.schedule({ name: "one", cron: soon, job: sampleJob({ payload: "old" }) });
      await engine.schedule({ name: "two", cron: soon, job: sampleJob({ payload: "other" }) });
      const later = dailyAt(setup.now() + 20 * MINUTE_MS);
      await engine.schedule({ name: "one", cron: later, job: sampleJob({ payload: "new" }) });
      await setup.pass(11 * MINUTE_MS);
      await eventually(() => expect(jobs.map(({ payload }) => payload)).toEqual(["other"]));
      await setup.pass(10 * MINUTE_MS);
      await eventually(() => expect(jobs.map(({ payload }) => payload)).toEqual(["other", "new"]));
    });

    it("end when they are taken off, which may be done twice", async () => {
      await using setup = await open();
      const { engine } = setup;
      const { handler, jobs } = noteJobs();
      await using _worker = await workOn(engine, "mail", handler);
      const cron = dailyAt(setup.now() + 10 * MINUTE_MS);
      await engine.schedule({ name: "one", cron, job: sampleJob({ payload: "one" }) });
      await engine.schedule({ name: "two", cron, job: sampleJob({ payload: "two" }) });
      await engine.unschedule("one");
      await engine.unschedule("one");
      await setup.pass(11 * MINUTE_MS);
      await eventually(() => expect(jobs.map(({ payload }) => payload)).toEqual(["two"]));
    });

    it("make up for runs that were missed with one", async () => {
      await using setup = await open();
      const { engine } = setup;
      await engine.schedule({ name: "often", cron: "*/5 * * * *", job: sampleJob({ delayMs: 86_400_000 }) });
      await setup.pass(61 * MINUTE_MS);
      await eventually(async () => {
        const { waiting } = await countOf(engine);
        expect(waiting).toBeGreaterThan(0);
        expect(waiting).toBeLessThanOrEqual(13);
      });
    });

    it("keep the rule of keys", async () => {
      await using setup = await open();
      const { engine } = setup;
      const cron = dailyAt(setup.now() + 10 * MINUTE_MS);
      await engine.enqueue(sampleJob({ key: "report" }));
      await engine.schedule({ name: "keyed", cron, job: sampleJob({ key: "report" }) });
      await engine.schedule({ name: "free", cron, job: sampleJob({ queue: "calls" }) });
      await setup.pass(11 * MINUTE_MS);
      await eventually(async () =>
        expect(await countOf(engine, "calls")).toEqual({ waiting: 1, running: 0 }),
      );
      expect(await countOf(engine)).toEqual({ waiting: 1, running: 0 });
    });

    it("name the field that breaks a rule", async () => {
      await using setup = await open();
      const wrong = {
        cron: { cron: "0 9 * *" },
        zone: { zone: "Mars/Base" },
        name: { name: "" },
        "job.delayMs": { job: sampleJob({ delayMs: -1 }) },
      };
      for (const [field, change] of Object.entries(wrong)) {
        const pending = setup.engine.schedule({
          name: "daily",
          cron: "0 9 * * *",
          job: sampleJob(),
          ...change,
        });
        await expect(pending).rejects.toMatchObject({ code: "job.invalid", facts: { field } });
      }
    });
  });
}
