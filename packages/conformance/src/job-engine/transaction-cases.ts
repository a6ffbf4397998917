import { sampleUsage } from "../storage/sample-records.js";
import { countOf, type JobSuite, noteJobs, sampleJob, workOn } from "./job-suite.js";

/** Jobs that are enqueued with other writes, or not at all. */
export function transactionCases({ describe, it, expect, open, eventually }: JobSuite): void {
  describe("in the caller's transaction", () => {
    it("enqueues a job when the transaction stands, and nobody sees it before", async () => {
      await using setup = await open();
      const { engine, storage } = setup;
      const { handler, jobs } = noteJobs();
      await using _worker = await workOn(engine, "mail", handler);
      const id = await storage.tenant("acme").transaction(async (stores) => {
        await stores.usage.addMany([sampleUsage()]);
        const enqueued = await engine.enqueue(sampleJob({ payload: "inside", key: "lead-1" }), {
          in: stores,
        });
        expect(await engine.enqueue(sampleJob({ key: "lead-1" }), { in: stores })).toBe(undefined);
        await engine.enqueue(sampleJob({ payload: "outside" }));
        await eventually(() => expect(jobs.map((job) => job.payload)).toEqual(["outside"]));
        return enqueued;
      });
      await eventually(() => expect(jobs.map((job) => job.payload)).toEqual(["outside", "inside"]));
      expect(jobs[1]?.id).toBe(id);
    });

    it("leaves no job when the transaction doesn't stand, and no trace of its key", async () => {
      await using setup = await open();
      const { engine, storage } = setup;
      const reason = new Error("the host changed its mind");
      const job = sampleJob({ key: "lead-1" });
      const pending = storage.tenant("acme").transaction(async (stores) => {
        expect(typeof (await engine.enqueue(job, { in: stores }))).toBe("string");
        expect(typeof (await engine.enqueue(sampleJob({ queue: "new-queue" }), { in: stores }))).toBe(
          "string",
        );
        throw reason;
      });
      await expect(pending).rejects.toBe(reason);
      expect(await engine.counts()).toEqual([]);
      expect(typeof (await engine.enqueue(job))).toBe("string");
      expect(typeof (await engine.enqueue(sampleJob({ queue: "new-queue" })))).toBe("string");
    });

    it("lets one of two have a key, whether the other's transaction stands or not", async () => {
      await using setup = await open();
      const { engine, storage } = setup;
      for (const stands of [true, false]) {
        const job = sampleJob({ key: `stands-${stands}` });
        let other: Promise<string | undefined> = Promise.resolve(undefined);
        const pending = storage.tenant("acme").transaction(async (stores) => {
          await engine.enqueue(job, { in: stores });
          other = engine.enqueue(job);
          if (!stands) throw new Error("it falls");
        });
        await pending.catch(() => {});
        expect(typeof (await other)).toBe(stands ? "undefined" : "string");
      }
      expect(await countOf(engine)).toEqual({ waiting: 2, running: 0 });
    });

    it("refuses what isn't a transaction of the job's tenant", async () => {
      await using setup = await open();
      const { engine, storage } = setup;
      const acme = storage.tenant("acme");
      await expect(engine.enqueue(sampleJob(), { in: acme })).rejects.toMatchObject({ name: "TypeError" });
      await acme.transaction(async (stores) => {
        const pending = engine.enqueue(sampleJob({ tenant: "globex" }), { in: stores });
        await expect(pending).rejects.toMatchObject({ code: "job.invalid", facts: { field: "tenant" } });
      });
      const kept = await acme.transaction(async (stores) => stores);
      await expect(engine.enqueue(sampleJob(), { in: kept })).rejects.toMatchObject({ code: "store.closed" });
      expect(await engine.counts()).toEqual([]);
    });
  });
}
