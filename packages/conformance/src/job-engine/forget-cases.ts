import type { JobEngine, JsonValue } from "@salesagent/ports";
import { countOf, holdJobs, type JobSuite, noteJobs, sampleJob, workOn } from "./job-suite.js";

const MINUTE_MS = 60_000;
const ADA = { tenant: "acme", mentions: ["ada@fjord.example"] };
const TO_ADA = { to: "ada@fjord.example" };

const mailTo = (payload: JsonValue, change: Parameters<typeof sampleJob>[0] = {}) =>
  sampleJob({ payload, ...change });

const broken = () => Promise.reject(new Error("no luck"));

async function deadPayloads(engine: JobEngine): Promise<readonly JsonValue[]> {
  return (await engine.deadLetters.list()).items.map(({ payload }) => payload);
}

/** Jobs that mention a person who is to be forgotten. */
export function forgetCases({ describe, it, expect, open, eventually }: JobSuite): void {
  describe("forgetting", () => {
    it("discards the jobs that wait and mention a person, and says how many", async () => {
      await using setup = await open();
      const { engine } = setup;
      await engine.enqueueMany([
        mailTo(TO_ADA),
        mailTo({ note: "Write to ADA@Fjord.Example, please" }),
        mailTo({ "ada@fjord.example": true }),
        mailTo(["https://fjord.example/?to=ada%40fjord.example"], { delayMs: MINUTE_MS }),
        mailTo(TO_ADA, { queue: "calls", priority: 5 }),
        mailTo({ to: "bob@fjord.example" }),
        mailTo({ to: "canada@fjord.example" }, { delayMs: MINUTE_MS }),
      ]);
      expect(await engine.forget(ADA)).toBe(5);
      expect(await engine.counts()).toEqual([{ queue: "mail", waiting: 2, running: 0 }]);
      const { handler, jobs } = noteJobs();
      await using _mail = await workOn(engine, "mail", handler);
      await using _calls = await workOn(engine, "calls", handler);
      await setup.pass(2 * MINUTE_MS);
      await eventually(() => expect(jobs.length).toBe(2));
      expect(jobs.map(({ payload }) => payload)).toEqual([
        { to: "bob@fjord.example" },
        { to: "canada@fjord.example" },
      ]);
    });

    it("leaves the jobs of other tenants alone", async () => {
      await using setup = await open();
      const { engine } = setup;
      await engine.enqueueMany([mailTo(TO_ADA), mailTo(TO_ADA, { tenant: "globex" })]);
      expect(await engine.forget({ ...ADA, tenant: "nobody" })).toBe(0);
      expect(await engine.forget(ADA)).toBe(1);
      expect(await engine.forget(ADA)).toBe(0);
      const { handler, jobs } = noteJobs();
      await using _worker = await workOn(engine, "mail", handler);
      await eventually(() => expect(jobs.map(({ tenant }) => tenant)).toEqual(["globex"]));
    });

    it("frees the keys of the jobs that it discards", async () => {
      await using setup = await open();
      const { engine } = setup;
      await engine.enqueue(mailTo(TO_ADA, { key: "now" }));
      await engine.enqueue(mailTo(TO_ADA, { key: "later", delayMs: MINUTE_MS }));
      expect(await engine.forget(ADA)).toBe(2);
      for (const key of ["now", "later"]) {
        expect(typeof (await engine.enqueue(mailTo("anew", { key })))).toBe("string");
      }
      expect(await countOf(engine)).toEqual({ waiting: 2, running: 0 });
    });

    it("discards a job that waits for its next try", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      await using _worker = await workOn(engine, "mail", held.handler, { retries: 2, backoffMs: MINUTE_MS });
      await engine.enqueue(mailTo(TO_ADA));
      await eventually(() => held.fail(new Error("not yet")));
      await eventually(async () => expect(await countOf(engine)).toEqual({ waiting: 1, running: 0 }));
      expect(await engine.forget(ADA)).toBe(1);
      expect(await engine.counts()).toEqual([]);
      await setup.pass(10 * MINUTE_MS);
      await engine.enqueue(mailTo("marker"));
      await eventually(() => expect(held.names()).toContain("marker"));
      expect(held.names()).toEqual([TO_ADA, "marker"]);
      held.finishAll();
    });

    it("discards dead letters", async () => {
      await using setup = await open();
      const { engine } = setup;
      await using _worker = await workOn(engine, "mail", broken, { retries: 0 });
      await engine.enqueueMany([mailTo(TO_ADA), mailTo("other"), mailTo(TO_ADA, { tenant: "globex" })]);
      await eventually(async () => expect((await deadPayloads(engine)).length).toBe(3));
      const [ada] = (await engine.deadLetters.list({ tenant: "acme" })).items.filter(
        ({ payload }) => payload !== "other",
      );
      expect(await engine.forget(ADA)).toBe(1);
      expect((await deadPayloads(engine)).filter((payload) => payload === "other").length).toBe(1);
      expect((await engine.deadLetters.list({ tenant: "globex" })).items.length).toBe(1);
      expect((await engine.deadLetters.list({ tenant: "acme" })).items.length).toBe(1);
      expect(await engine.deadLetters.replay(ada?.id ?? "")).toBe(false);
      expect(await engine.counts()).toEqual([]);
    });

    it("leaves a job that runs to its end, and keeps nothing of it when that was good", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      await using _worker = await workOn(engine, "mail", held.handler);
      await engine.enqueue(mailTo(TO_ADA, { key: "ada" }));
      await eventually(() => expect(held.running).toBe(1));
      expect(await engine.forget(ADA)).toBe(0);
      expect(await countOf(engine)).toEqual({ waiting: 0, running: 1 });
      expect(held.begun[0]?.signal.aborted).toBe(false);
      expect(await engine.enqueue(mailTo("anew", { key: "ada" }))).toBe(undefined);
      held.finish();
      await eventually(async () => expect(await engine.counts()).toEqual([]));
      expect(await engine.forget(ADA)).toBe(0);
      expect(typeof (await engine.enqueue(mailTo("anew", { key: "ada" })))).toBe("string");
      await eventually(() => held.finish());
    });

    it("neither tries a job again that fails while it is forgotten, nor keeps it as a dead letter", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      await using _worker = await workOn(engine, "mail", held.handler, { retries: 1, backoffMs: 0 });
      await using _last = await workOn(engine, "calls", held.handler, { retries: 0 });
      await engine.enqueueMany([mailTo(TO_ADA), mailTo(TO_ADA, { queue: "calls" })]);
      await eventually(() => expect(held.running).toBe(2));
      await engine.forget(ADA);
      held.fail(new Error("no luck"));
      held.fail(new Error("no luck"));
      await eventually(async () => expect(await engine.counts()).toEqual([]));
      await setup.pass(MINUTE_MS);
      expect(await deadPayloads(engine)).toEqual([]);
      expect(await engine.forget(ADA)).toBe(0);
      await engine.enqueue(mailTo("marker"));
      await eventually(() => held.finish("marker"));
      expect(held.names()).toEqual([TO_ADA, TO_ADA, "marker"]);
    });

    it("gives a job that was forgotten while it ran to nobody when its worker stops", async () => {
      await using setup = await open();
      const { engine } = setup;
      const held = holdJobs();
      const worker = await engine.work("mail", held.handler);
      await engine.enqueueMany([mailTo(TO_ADA), mailTo("other")]);
      await eventually(() => expect(held.running).toBe(2));
      await engine.forget(ADA);
      await worker.drain({ timeoutMs: 0 });
      expect(await countOf(engine)).toEqual({ waiting: 1, running: 0 });
      const { handler, jobs } = noteJobs();
      await using _next = await workOn(engine, "mail", handler);
      await eventually(() => expect(jobs.map(({ payload }) => payload)).toEqual(["other"]));
    });

    it("refuses texts that can't be looked for, and tenants that are none, and discards nothing", async () => {
      await using setup = await open();
      const { engine } = setup;
      await engine.enqueue(mailTo("ab"));
      for (const [mentions, field] of [
        [[], "person.mentions"],
        [["ab"], "person.mentions[0]"],
        [["ada@fjord.example", "x".repeat(401)], "person.mentions[1]"],
      ] as const) {
        await expect(engine.forget({ tenant: "acme", mentions })).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field },
        });
      }
      await expect(engine.forget({ ...ADA, tenant: "" })).rejects.toMatchObject({ name: "TypeError" });
      expect(await countOf(engine)).toEqual({ waiting: 1, running: 0 });
    });
  });
}
