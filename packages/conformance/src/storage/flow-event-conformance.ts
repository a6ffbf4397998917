import type { FlowSuite } from "./flow-suite.js";
import { begin, beginWaiting, claimIds, claimOne, fenceOf, sampleStart, sampleWant } from "./sample-flows.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";

const answer = { name: "answer", payload: { approved: true, note: null } };

/** What comes to runs from outside: events, and the wish that they end. */
export function flowEventConformance({ describe, it, expect, open }: FlowSuite): void {
  describe("flow-store/1, events", () => {
    it("wakes a run that waits for the event, and gives the event to who claims it", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      await beginWaiting(acme, "1", ["other", "answer"]);
      await beginWaiting(acme, "2", ["answer"], FAR_AHEAD);
      expect(await claimIds(storage.queue)).toEqual([]);
      expect(await acme.flows.deliver("1", answer)).toBe(true);
      const claim = await claimOne(storage.queue);
      expect(claim).toMatchObject({ id: "1", fence: 2 });
      expect(await acme.flows.load("1", claim.fence)).toMatchObject({ events: [answer] });
      expect(await claimIds(storage.queue)).toEqual([]);
      expect(await acme.flows.deliver("2", answer)).toBe(true);
      expect(await claimIds(storage.queue)).toEqual(["2"]);
    });

    it("keeps an event that the run does not wait for, and wakes nobody", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      await beginWaiting(acme, "waiting", ["other"]);
      await acme.flows.create(sampleStart("pending", { dueAt: FAR_AHEAD }));
      const running = await begin(acme, "running");
      const before = (await acme.flows.list()).items.map(({ status, dueAt }) => [status, dueAt]);
      for (const id of ["waiting", "pending", "running"]) {
        expect(await acme.flows.deliver(id, answer)).toBe(true);
      }
      expect(await claimIds(storage.queue)).toEqual([]);
      expect((await acme.flows.list()).items.map(({ status, dueAt }) => [status, dueAt])).toEqual(before);
      expect(await acme.flows.load("running", running.fence)).toMatchObject({ events: [answer] });
    });

    it("makes a run due at once when it begins to wait for what came before", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      for (const [id, dueAt] of [
        ["without a time", undefined],
        ["with a time", FAR_AHEAD],
      ] as const) {
        const claim = await begin(acme, id);
        await acme.flows.deliver(id, answer);
        const until = dueAt === undefined ? {} : { dueAt };
        await acme.flows.commit({
          ...fenceOf(claim),
          rest: { status: "waiting", awaiting: ["other", "answer"], ...until },
        });
        const next = await claimOne(storage.queue);
        expect(await acme.flows.load(id, next.fence)).toMatchObject({ record: { id }, events: [answer] });
      }
    });

    it("lets a run wait for an event that it takes in with the same write", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      await acme.flows.deliver("1", answer);
      await acme.flows.commit({
        ...fenceOf(claim),
        taken: ["answer"],
        rest: { status: "waiting", awaiting: ["answer"] },
      });
      expect(await claimIds(storage.queue)).toEqual([]);
      await acme.flows.deliver("1", { name: "answer", payload: "second" });
      const next = await claimOne(storage.queue);
      expect((await acme.flows.load("1", next.fence)).events).toEqual([
        { name: "answer", payload: "second" },
      ]);
    });

    it("gives events oldest first until they are taken in, and passes over a name that is there", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      const namesOf = async () =>
        (await acme.flows.load("1", claim.fence)).events.map(({ name, payload }) => `${name}: ${payload}`);
      for (const [name, payload] of [
        ["b", 1],
        ["a", 2],
        ["b", 3],
        ["c", null],
      ] as const) {
        expect(await acme.flows.deliver("1", { name, payload })).toBe(true);
      }
      expect(await namesOf()).toEqual(["b: 1", "a: 2", "c: null"]);
      await acme.flows.commit({ ...fenceOf(claim), taken: ["a", "b", "unknown"] });
      expect(await namesOf()).toEqual(["c: null"]);
      await acme.flows.deliver("1", { name: "b", payload: 4 });
      expect(await namesOf()).toEqual(["c: null", "b: 4"]);
    });

    it("does not move what is due already", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      await beginWaiting(acme, "1", ["answer"], LONG_AGO);
      await acme.flows.deliver("1", answer);
      await acme.flows.stop("1", { by: "ada", reason: "enough" });
      expect((await acme.flows.get("1"))?.dueAt).toBe(LONG_AGO);
    });

    it("takes no event for a run that is not there or has ended", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      await acme.flows.commit({ ...fenceOf(claim), rest: { status: "completed", output: 1 } });
      const before = await acme.flows.load("1", claim.fence);
      expect(await acme.flows.deliver("1", answer)).toBe(false);
      expect(await acme.flows.deliver("unknown", answer)).toBe(false);
      expect(await acme.flows.load("1", claim.fence)).toEqual(before);
      expect(await claimIds(storage.queue)).toEqual([]);
    });

    it("refuses an event without a name, or with what is not JSON", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      await flows.create(sampleStart("1", { dueAt: FAR_AHEAD }));
      for (const [field, event] of [
        ["event.name", { name: "", payload: 1 }],
        ["event.name", { name: "x".repeat(401), payload: 1 }],
        ["event.payload", { name: "a", payload: Number.NaN }],
      ] as const) {
        await expect(flows.deliver("1", event)).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "flows", field },
        });
      }
      expect((await flows.load("1", 0)).events).toEqual([]);
    });
  });

  describe("flow-store/1, stops", () => {
    it("makes a run at rest due, so that a worker can end it, and tells who asked, when and why", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      await beginWaiting(acme, "1, waiting", ["answer"]);
      await acme.flows.create(sampleStart("2, pending", { dueAt: FAR_AHEAD }));
      for (const id of ["1, waiting", "2, pending"]) {
        expect(await acme.flows.stop(id, { by: "ada", reason: "wrong lead" })).toBe(true);
      }
      const before = await acme.flows.get("1, waiting");
      expect(before).toMatchObject({ status: "waiting", stop: { by: "ada", reason: "wrong lead" } });
      expect(Number.isNaN(Date.parse(before?.stop?.at ?? ""))).toBe(false);
      const claims = await storage.queue.claim(sampleWant());
      expect(claims.map(({ id }) => id).sort()).toEqual(["1, waiting", "2, pending"]);
      for (const claim of claims) {
        expect((await acme.flows.load(claim.id, claim.fence)).record.stop?.by).toBe("ada");
        await acme.flows.commit({ ...fenceOf(claim), rest: { status: "cancelled" } });
        expect(await acme.flows.get(claim.id)).toMatchObject({ status: "cancelled", stop: { by: "ada" } });
      }
      expect(await claimIds(storage.queue)).toEqual([]);
    });

    it("tells the worker of a running run by its next renewal, and leaves it the run to end", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      expect(await acme.flows.stop("1", { by: "ada", reason: "enough" })).toBe(true);
      expect(await storage.queue.renew([claim], 0)).toEqual([{ ...claim, reason: "stopped" }]);
      expect(await claimIds(storage.queue)).toEqual([]);
      await acme.flows.commit({ ...fenceOf(claim), rest: { status: "cancelled" } });
      expect(await acme.flows.get("1")).toMatchObject({ status: "cancelled" });
    });

    it("prolongs the lease of a stopped run for its worker, and lets another end it when that one is gone", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1", { leaseMs: 0 });
      await acme.flows.stop("1", { by: "ada", reason: "enough" });
      expect(await storage.queue.renew([claim], 0)).toMatchObject([{ reason: "stopped" }]);
      const next = await claimOne(storage.queue, { leaseMs: 0 });
      expect(next).toMatchObject({ id: "1", fence: 2 });
      expect(await storage.queue.renew([claim, next], 60_000)).toHaveLength(2);
      expect(await claimIds(storage.queue)).toEqual([]);
      await acme.flows.commit({ ...fenceOf(next), rest: { status: "cancelled" } });
    });

    it("makes a stopped run that would rest due at once", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const rests = [
        { status: "waiting", awaiting: ["answer"] },
        { status: "waiting", awaiting: [], dueAt: FAR_AHEAD },
        { status: "pending", dueAt: FAR_AHEAD },
      ] as const;
      for (const [index, rest] of rests.entries()) {
        const claim = await begin(acme, `${index}`);
        await acme.flows.stop(`${index}`, { by: "ada", reason: "enough" });
        await acme.flows.commit({ ...fenceOf(claim), rest });
        expect(await claimIds(storage.queue)).toEqual([`${index}`]);
      }
    });

    it("lets a stopped run complete that was as good as done", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      await acme.flows.stop("1", { by: "ada", reason: "enough" });
      await acme.flows.commit({ ...fenceOf(claim), rest: { status: "completed", output: 1 } });
      expect(await acme.flows.get("1")).toMatchObject({
        status: "completed",
        output: 1,
        stop: { by: "ada" },
      });
    });

    it("keeps who asked first, and says no of a run that is not there or has ended", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const ended = await begin(acme, "ended");
      await acme.flows.commit({ ...fenceOf(ended), rest: { status: "completed", output: 1 } });
      await begin(acme, "running");
      expect(await acme.flows.stop("running", { by: "ada", reason: "first" })).toBe(true);
      const first = await acme.flows.get("running");
      expect(await acme.flows.stop("running", { by: "bob", reason: "second" })).toBe(true);
      expect((await acme.flows.get("running"))?.stop).toEqual(first?.stop);
      const before = await acme.flows.get("ended");
      expect(await acme.flows.stop("ended", { by: "ada", reason: "late" })).toBe(false);
      expect(await acme.flows.stop("unknown", { by: "ada", reason: "late" })).toBe(false);
      expect(await acme.flows.get("ended")).toEqual(before);
      await expect(acme.flows.stop("running", { by: "", reason: "x" })).rejects.toMatchObject({
        code: "store.invalid",
        facts: { store: "flows", field: "stop.by" },
      });
    });
  });
}
