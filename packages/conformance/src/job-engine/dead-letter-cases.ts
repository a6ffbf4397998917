import type { JobEngine } from "@salesagent/ports";
import { readAll } from "../storage/storage-suite.js";
import { countOf, type Eventually, type JobSuite, noteJobs, sampleJob, workOn } from "./job-suite.js";

const broken = async (job: { readonly payload: unknown }) => {
  throw new TypeError(`no luck with ${String(job.payload)}`);
};

/** Makes jobs fail for good, one after the other. */
async function bury(
  eventually: Eventually,
  engine: JobEngine,
  jobs: readonly Parameters<typeof sampleJob>[0][],
): Promise<void> {
  const queues = new Set(jobs.map((job) => sampleJob(job).queue));
  const workers = await Promise.all(
    [...queues].map((queue) => engine.work(queue, broken, { retries: 0, concurrency: 1 })),
  );
  for (const [index, job] of jobs.entries()) {
    await engine.enqueue(sampleJob(job));
    await eventually(async () => {
      if ((await engine.deadLetters.list()).items.length <= index) throw new Error("it is not dead yet");
    });
  }
  await Promise.all(workers.map((worker) => worker.drain()));
}

/** Jobs that failed for good. */
export function deadLetterCases({ describe, it, expect, open, eventually }: JobSuite): void {
  describe("dead letters", () => {
    it("keep a job that used up its tries, with its payload and its last error", async () => {
      await using setup = await open();
      const { engine } = setup;
      const id = await engine.enqueue(sampleJob({ tenant: "globex", payload: { to: "ada\u0000" } }));
      await using _worker = await workOn(engine, "mail", broken, { retries: 2, backoffMs: 0 });
      await eventually(async () => expect((await engine.deadLetters.list()).items.length).toBe(1));
      const [dead] = (await engine.deadLetters.list()).items;
      expect(dead).toMatchObject({
        id,
        queue: "mail",
        tenant: "globex",
        payload: { to: "ada\u0000" },
        attempts: 3,
      });
      expect(dead?.error.message).toMatch(/no luck with/);
      expect(dead?.failedAt ?? "").toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(await engine.counts()).toEqual([]);
    });

    it("are listed by queue and tenant, page by page, each once", async () => {
      await using setup = await open();
      const { engine } = setup;
      await bury(eventually, engine, [
        { payload: 1 },
        { payload: 2, tenant: "globex" },
        { payload: 3, queue: "calls" },
        { payload: 4 },
        { payload: 5, queue: "calls", tenant: "globex" },
      ]);
      const list = async (filter?: { queue?: string; tenant?: string }) =>
        (await readAll((page) => engine.deadLetters.list(filter, page), 2)).map((dead) => dead.payload);
      expect(await list()).toEqual([1, 2, 3, 4, 5]);
      expect(await list({ queue: "mail" })).toEqual([1, 2, 4]);
      expect(await list({ tenant: "globex" })).toEqual([2, 5]);
      expect(await list({ queue: "calls", tenant: "acme" })).toEqual([3]);
      expect(await list({ tenant: "nobody" })).toEqual([]);
      const first = await engine.deadLetters.list({}, { limit: 5 });
      expect([first.items.length, first.next]).toEqual([5, undefined]);
      await expect(engine.deadLetters.list({}, { limit: 0 })).rejects.toMatchObject({ name: "RangeError" });
    });

    it("are enqueued anew with all their tries, once", async () => {
      await using setup = await open();
      const { engine } = setup;
      await bury(eventually, engine, [{ payload: "letter", tenant: "globex", key: "lead-1", delayMs: 0 }]);
      const [dead] = (await engine.deadLetters.list()).items;
      expect(await engine.deadLetters.replay(dead?.id ?? "")).toBe(true);
      expect(await engine.deadLetters.replay(dead?.id ?? "")).toBe(false);
      expect((await engine.deadLetters.list()).items).toEqual([]);
      expect(await countOf(engine)).toEqual({ waiting: 1, running: 0 });
      const again = sampleJob({ tenant: "globex", key: "lead-1" });
      expect(await engine.enqueue(again)).toBe(undefined);
      const { handler, jobs } = noteJobs();
      await using _worker = await workOn(engine, "mail", handler);
      await eventually(() => expect(jobs.length).toBe(1));
      expect(jobs[0]).toMatchObject({ payload: "letter", tenant: "globex", attempt: 1 });
    });

    it("stay where they are while another job of their key waits", async () => {
      await using setup = await open();
      const { engine } = setup;
      await bury(eventually, engine, [{ key: "lead-1" }]);
      const [dead] = (await engine.deadLetters.list()).items;
      await engine.enqueue(sampleJob({ key: "lead-1", payload: "newer" }));
      expect(await engine.deadLetters.replay(dead?.id ?? "")).toBe(false);
      expect((await engine.deadLetters.list()).items.length).toBe(1);
      expect(await countOf(engine)).toEqual({ waiting: 1, running: 0 });
    });

    it("are gone once they are discarded", async () => {
      await using setup = await open();
      const { engine } = setup;
      await bury(eventually, engine, [{ payload: 1 }, { payload: 2 }]);
      const [first] = (await engine.deadLetters.list()).items;
      expect(await engine.deadLetters.discard(first?.id ?? "")).toBe(true);
      expect(await engine.deadLetters.discard(first?.id ?? "")).toBe(false);
      expect(await engine.deadLetters.replay(first?.id ?? "")).toBe(false);
      expect((await engine.deadLetters.list()).items.map((dead) => dead.payload)).toEqual([2]);
    });

    it("are not found by the id of a job that waits, nor by another text", async () => {
      await using setup = await open();
      const { engine } = setup;
      const id = (await engine.enqueue(sampleJob())) ?? "";
      for (const unknown of [id, "none", "", "0199b3a0-0000-7000-8000-000000000000"]) {
        expect(await engine.deadLetters.replay(unknown)).toBe(false);
        expect(await engine.deadLetters.discard(unknown)).toBe(false);
      }
      expect(await countOf(engine)).toEqual({ waiting: 1, running: 0 });
    });
  });
}
