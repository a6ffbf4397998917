import type { JobEngine, JobRequest, JsonValue } from "@salesagent/ports";
import { countOf, holdJobs, type JobSuite, namedJobs, noteJobs, sampleJob, workOn } from "./job-suite.js";

/** What jobs are taken in, and what comes of them. */
export function takingInCases({ describe, it, expect, open, eventually }: JobSuite): void {
  describe("taking in", () => {
    it("hands a job over as it was enqueued", async () => {
      await using setup = await open();
      const { engine } = setup;
      const { handler, jobs } = noteJobs();
      const id = await engine.enqueue(
        sampleJob({ queue: "calls", tenant: "globex", payload: { leads: [1, "two"] } }),
      );
      await using _worker = await workOn(engine, "calls", handler);
      await eventually(() => expect(jobs.length).toBe(1));
      const [job] = jobs;
      expect(typeof id).toBe("string");
      expect({ ...job, signal: job?.signal.aborted }).toEqual({
        id,
        queue: "calls",
        tenant: "globex",
        payload: { leads: [1, "two"] },
        attempt: 1,
        signal: false,
      });
      await eventually(async () =>
        expect(await countOf(engine, "calls")).toEqual({ waiting: 0, running: 0 }),
      );
    });

    it("begins a job that comes while the worker waits", async () => {
      await using setup = await open();
      const { handler, jobs } = noteJobs();
      await using _worker = await workOn(setup.engine, "mail", handler);
      for (const name of ["one", "two", "three"]) {
        await setup.engine.enqueue(sampleJob({ payload: name }));
        await eventually(() => expect(jobs.map((job) => job.payload)).toContain(name));
      }
    });

    it("gives payloads back as the JSON that they were", async () => {
      await using setup = await open();
      const payloads: readonly JsonValue[] = [
        null,
        false,
        0,
        "",
        [],
        {},
        1e21,
        -0.5,
        "a\u0000b",
        "\ud800 half",
        "€ 🦊",
        { "\u0000": 1, z: [[[]]], a: { b: null }, ["__proto__"]: { polluted: true } },
        { text: 'x"\\\n'.repeat(300_000) },
      ];
      const { handler, jobs } = noteJobs();
      const ids = await setup.engine.enqueueMany(payloads.map((payload) => sampleJob({ payload })));
      await using _worker = await workOn(setup.engine, "mail", handler);
      await eventually(() => expect(jobs.length).toBe(payloads.length));
      const texts = new Map(jobs.map((job) => [job.id, JSON.stringify(job.payload)]));
      for (const [index, payload] of payloads.entries()) {
        expect(texts.get(ids[index] ?? "") === JSON.stringify(payload), `payload ${index}`).toBe(true);
      }
    });

    it("keeps what was enqueued, whatever caller and handler do to their copies", async () => {
      await using setup = await open();
      const payload = { leads: ["ada"] };
      await setup.engine.enqueue(sampleJob({ payload }));
      payload.leads.push("later");
      const seen: string[] = [];
      const handler = async (job: { readonly payload: JsonValue }) => {
        seen.push(JSON.stringify(job.payload));
        (job.payload as { leads: string[] }).leads.push("handled");
        throw new Error("again");
      };
      await using _worker = await workOn(setup.engine, "mail", handler, { retries: 1, backoffMs: 0 });
      await eventually(() => expect(seen).toEqual(['{"leads":["ada"]}', '{"leads":["ada"]}']));
    });

    it("takes a key once for each queue and tenant while its job waits or runs", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      const job = sampleJob({ key: "lead-1" });
      const first = await engine.enqueue(job);
      expect(await engine.enqueue(job)).toBe(undefined);
      const others = [{ key: "lead-2" }, { tenant: "globex" }, { queue: "calls" }, { key: undefined }];
      for (const other of others) expect(typeof (await engine.enqueue({ ...job, ...other }))).toBe("string");
      await using _worker = await workOn(engine, "mail", held.handler);
      await eventually(() => expect(held.running).toBe(4));
      expect(await engine.enqueue(job)).toBe(undefined);
      held.finishAll();
      await eventually(async () => expect(await countOf(engine)).toEqual({ waiting: 0, running: 0 }));
      const again = await engine.enqueue(job);
      expect(typeof again).toBe("string");
      expect(again === first).toBe(false);
      await eventually(() => expect(held.running).toBe(1));
      held.finishAll();
    });

    it("holds a key while its job waits for another try, and lets it go when the job is dead", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      const job = sampleJob({ key: "lead-1" });
      await engine.enqueue(job);
      const options = { retries: 1, backoffMs: 60_000, concurrency: 1 };
      await using _worker = await workOn(engine, "mail", held.handler, options);
      await eventually(() => held.fail(new Error("first")));
      await eventually(async () => expect(await countOf(engine)).toEqual({ waiting: 1, running: 0 }));
      expect(await engine.enqueue(job)).toBe(undefined);
      await setup.pass(120_000);
      await eventually(() => held.fail(new Error("second")));
      await eventually(async () => expect((await engine.deadLetters.list()).items.length).toBe(1));
      expect(typeof (await engine.enqueue(job))).toBe("string");
      await eventually(() => held.finish());
    });

    it("enqueues many at once, answers in their order, and takes a key among them once", async () => {
      await using setup = await open();
      const { engine } = setup;
      const taken = await engine.enqueue(sampleJob({ key: "taken" }));
      expect(typeof taken).toBe("string");
      const jobs = [{ key: "new" }, { key: "taken" }, {}, { key: "new" }, { queue: "calls", key: "new" }];
      const ids = await engine.enqueueMany(jobs.map(sampleJob));
      expect(ids.map((id) => typeof id)).toEqual(["string", "undefined", "string", "undefined", "string"]);
      expect(new Set(ids.filter((id) => id !== undefined)).size).toBe(3);
      expect(await engine.enqueueMany([])).toEqual([]);
      expect([await countOf(engine), await countOf(engine, "calls")]).toEqual([
        { waiting: 3, running: 0 },
        { waiting: 1, running: 0 },
      ]);
    });

    it("takes each key once when many ask at the same time", async () => {
      await using setup = await open();
      const ids = await Promise.all(
        Array.from({ length: 24 }, (_, index) =>
          setup.engine.enqueue(sampleJob({ key: `key-${index % 3}` })),
        ),
      );
      expect(ids.filter((id) => id !== undefined).length).toBe(3);
      expect(await countOf(setup.engine)).toEqual({ waiting: 3, running: 0 });
    });

    it("names the field of a job that breaks a rule, and takes none of its companions in", async () => {
      await using setup = await open();
      const { engine } = setup;
      const wrong: Readonly<Record<string, Partial<Record<keyof JobRequest, unknown>>>> = {
        queue: { queue: "no spaces, please" },
        tenant: { tenant: "" },
        priority: { priority: 1.5 },
        delayMs: { delayMs: -1 },
        key: { key: "" },
        "payload.at": { payload: { at: new Date(0) } },
        "payload[0]": { payload: [Number.NaN] },
      };
      for (const [field, change] of Object.entries(wrong)) {
        const job = { ...sampleJob(), ...change } as JobRequest;
        await expect(engine.enqueue(job)).rejects.toMatchObject({ code: "job.invalid", facts: { field } });
        const among = engine.enqueueMany([sampleJob(), job]);
        await expect(among).rejects.toMatchObject({ facts: { field: `jobs[1].${field}` } });
      }
      await expect(engine.work("", async () => {})).rejects.toMatchObject({ facts: { field: "queue" } });
      expect(await engine.counts()).toEqual([]);
    });

    it("rejects every call with the caller's reason when it was aborted before, and takes nothing in", async () => {
      await using setup = await open();
      const { engine } = setup;
      const reason = new Error("the host shuts down");
      const call = { signal: AbortSignal.abort(reason) };
      for (const run of everyCall(engine, call)) await expect(run()).rejects.toBe(reason);
      expect(await engine.counts()).toEqual([]);
      await setup.pass(86_400_000);
      expect(await engine.counts()).toEqual([]);
    });

    it("counts what waits and what runs, by queue", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      expect(await engine.counts()).toEqual([]);
      await engine.enqueueMany([...namedJobs("a", "b", "c"), sampleJob({ queue: "calls", delayMs: 60_000 })]);
      await using _worker = await workOn(engine, "mail", held.handler, { concurrency: 2 });
      await eventually(async () =>
        expect(await engine.counts()).toEqual([
          { queue: "calls", waiting: 1, running: 0 },
          { queue: "mail", waiting: 1, running: 2 },
        ]),
      );
      // A job is counted as running from its claim on, a moment before its handler has it.
      for (const name of ["a", "b", "c"]) await eventually(() => held.finish(name));
      await eventually(async () =>
        expect(await engine.counts()).toEqual([{ queue: "calls", waiting: 1, running: 0 }]),
      );
    });
  });
}

/** A call of each method that takes a signal. */
export function everyCall(
  engine: JobEngine,
  call?: { readonly signal: AbortSignal },
): readonly (() => Promise<unknown>)[] {
  const daily = { name: "daily", cron: "0 9 * * *", job: sampleJob() };
  return [
    () => engine.enqueue(sampleJob(), call),
    () => engine.enqueueMany([sampleJob()], call),
    () => engine.schedule(daily, call),
    () => engine.unschedule("daily", call),
    () => engine.deadLetters.list({}, {}, call),
    () => engine.deadLetters.replay("none", call),
    () => engine.deadLetters.discard("none", call),
    () => engine.forget({ tenant: "acme", mentions: ["ada@fjord.example"] }, call),
    () => engine.counts(call),
  ];
}
