import type { FlowStart, FlowWrite } from "@salesagent/ports";
import {
  begin,
  claimIds,
  claimOne,
  fenceOf,
  sampleApproval,
  sampleCheckpoint,
  sampleEffect,
  sampleStart,
} from "./sample-flows.js";
import { ADA, ada, BOB } from "./sample-person.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";

const failed = { status: "failed", error: { code: "tool.failed", message: `no mail to ${ADA}` } } as const;

/** Runs that end or rest, each by the way that it does. */
const rests = {
  completed: { status: "completed", output: { to: ADA } },
  failed,
  cancelled: { status: "cancelled" },
  waiting: { status: "waiting", awaiting: [`reply:${ADA}`] },
  pending: { status: "pending", dueAt: FAR_AHEAD },
} satisfies Readonly<Record<string, FlowWrite["rest"]>>;

/** Places in a run that may tell of a person. */
const places: Readonly<Record<string, { start?: Partial<FlowStart>; write?: Partial<FlowWrite> }>> = {
  input: { start: { input: { deep: [{ [ADA]: 1 }] } } },
  thread: { start: { threadId: `mail:${ADA}` } },
  output: { write: { rest: { status: "completed", output: ADA } } },
  error: { write: { rest: failed } },
  delta: { write: { checkpoint: sampleCheckpoint(1, { delta: { to: ADA } }) } },
  snapshot: { write: { checkpoint: sampleCheckpoint(1, { snapshot: [ADA] }) } },
  step: { write: { steps: [{ key: "1/a/0/x", value: { sent: ADA } }] } },
};

/** What becomes of runs of graphs, effects and approvals that tell of a person. */
export function erasureFlowConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("erasure-store/1, durable work", () => {
    it("empties runs that have ended, and keeps their records", async () => {
      await using storage = await open();
      const { flows, erasure } = storage.tenant("acme");
      for (const id of ["completed", "failed", "cancelled"] as const) {
        const claim = await begin({ flows, queue: storage.queue }, id);
        await flows.commit({
          ...{ ...fenceOf(claim), checkpoint: sampleCheckpoint(1, { delta: ADA }) },
          ...{ steps: [{ key: "2/a/0/x", value: 1 }], rest: rests[id] },
        });
      }
      expect(await erasure.erase(ada)).toEqual([{ store: "flows", records: 3 }]);
      for (const id of ["completed", "failed", "cancelled"]) {
        const record = await flows.get(id);
        expect(record).toMatchObject({ status: id, input: null, graph: "sales", version: "1", fence: 1 });
        expect("output" in (record ?? {})).toBe(false);
        expect((await flows.history(id)).items).toEqual([]);
        const state = await flows.load(id, 1);
        expect([state.snapshot, state.deltas, state.steps, state.events]).toEqual([undefined, [], [], []]);
        expect(await flows.reopen(id)).toBe(false);
      }
      expect((await flows.get("failed"))?.error).toEqual({
        code: "tool.failed",
        message: "no mail to [erased]",
      });
    });

    it("cancels runs that have not ended, wherever they rest, and says by whom", async () => {
      await using storage = await open();
      const { flows, erasure } = storage.tenant("acme");
      for (const id of ["waiting", "pending"] as const) {
        const claim = await begin({ flows, queue: storage.queue }, id);
        const checkpoint = sampleCheckpoint(1, { delta: ADA });
        await flows.commit({ ...fenceOf(claim), checkpoint, rest: rests[id] });
      }
      await flows.deliver("waiting", { name: "another", payload: ADA });
      await flows.create(sampleStart("new", { input: ADA }));
      expect(await erasure.erase(ada)).toEqual([{ store: "flows", records: 3 }]);
      for (const id of ["waiting", "pending", "new"]) {
        const record = await flows.get(id);
        expect(record).toMatchObject({ status: "cancelled", input: null, stop: { by: "erasure" } });
        expect([record?.awaiting, record?.dueAt, record?.owner]).toEqual([[], undefined, undefined]);
        expect(await flows.deliver(id, { name: "answer", payload: 1 })).toBe(false);
        expect((await flows.history(id)).items).toEqual([]);
      }
      expect(await claimIds(storage.queue)).toEqual([]);
    });

    it("fences the worker of a run that goes on, so that nothing of it comes back", async () => {
      await using storage = await open();
      const { flows, erasure } = storage.tenant("acme");
      const claim = await begin({ flows, queue: storage.queue }, "1");
      const write = { ...fenceOf(claim), steps: [{ key: "1/a/0/x", value: ADA }] };
      await flows.commit(write);
      await flows.stop("1", { by: `user:${ADA}`, reason: "enough" });
      await erasure.erase(ada);
      const fenced = { code: "flow.fenced" };
      await expect(flows.commit(write)).rejects.toMatchObject(fenced);
      const end = { ...fenceOf(claim), rest: { status: "completed", output: ADA } } as const;
      await expect(flows.commit(end)).rejects.toMatchObject(fenced);
      await expect(flows.load("1", claim.fence)).rejects.toMatchObject(fenced);
      expect(await storage.queue.renew([claim], 1000)).toMatchObject([{ id: "1", reason: "fenced" }]);
      const record = await flows.get("1");
      expect(record).toMatchObject({ status: "cancelled", stop: { by: "user:[erased]", reason: "enough" } });
      expect((record?.fence ?? 0) > claim.fence).toBe(true);
      expect(await erasure.find(ada)).toEqual([]);
    });

    it("finds a run by whatever it holds of the person", async () => {
      await using storage = await open();
      const { flows, erasure } = storage.tenant("acme");
      for (const [id, { start, write }] of Object.entries(places)) {
        await flows.create(sampleStart(id, start));
        const claim = await claimOne(storage.queue);
        await flows.commit({ ...fenceOf(claim), ...write });
      }
      await begin({ flows, queue: storage.queue }, "event");
      await flows.deliver("event", { name: "reply", payload: { from: ADA } });
      await begin({ flows, queue: storage.queue }, "untold");
      await flows.deliver("untold", { name: "reply", payload: { from: BOB } });
      const count = Object.keys(places).length + 1;
      expect(await erasure.erase(ada)).toEqual([{ store: "flows", records: count }]);
      for (const id of [...Object.keys(places), "event"]) {
        const fence = (await flows.get(id))?.fence ?? 0;
        const { record, deltas, snapshot, steps, events } = await flows.load(id, fence);
        expect(record.input).toBe(null);
        expect([record.output, snapshot, deltas, steps, events]).toEqual([undefined, undefined, [], [], []]);
      }
      expect((await flows.list({ threadId: `mail:${ADA}` })).items).toEqual([]);
      expect((await flows.list({ threadId: "mail:[erased]" })).items.length).toBe(1);
      const untold = await flows.load("untold", 1);
      expect(untold).toMatchObject({ record: { status: "running" }, events: [{ name: "reply" }] });
      expect(await erasure.find(ada)).toEqual([]);
    });

    it("empties the runs of the person's threads, and no others", async () => {
      await using storage = await open();
      const { flows, erasure } = storage.tenant("acme");
      await flows.create(sampleStart("hers", { threadId: "thread" }));
      await flows.create(sampleStart("other", { threadId: "another" }));
      const person = { ...ada, threadIds: ["thread"] };
      expect(await erasure.find(person)).toEqual([{ store: "flows", records: 1 }]);
      expect(await erasure.erase(person)).toEqual([{ store: "flows", records: 1 }]);
      expect(await flows.get("hers")).toMatchObject({ status: "cancelled", input: null, threadId: "thread" });
      expect(await claimIds(storage.queue)).toEqual(["other"]);
      expect(await erasure.find(person)).toEqual([]);
    });

    it("leaves effects settled under their keys, so that none is done again", async () => {
      await using storage = await open();
      const { effects, erasure } = storage.tenant("acme");
      for (const key of ["done", "failed", "claimed"]) await effects.claim(sampleEffect(key));
      await effects.settle("done", "actor", { status: "done", result: { [ADA]: "sent" } });
      await effects.settle("failed", "actor", failed);
      await effects.claim(sampleEffect("other", { target: BOB, runId: "run-1" }));
      expect(await erasure.erase(ada)).toEqual([{ store: "effects", records: 3 }]);
      expect(await effects.get("done")).toMatchObject({
        ...{ status: "done", target: "[erased]", attempts: 1, effect: "email_send" },
        result: { "[erased]": "sent" },
      });
      expect((await effects.get("failed"))?.error?.message).toBe("no mail to [erased]");
      const again = await effects.claim(sampleEffect("done", { owner: "another" }));
      expect([again.granted, again.record.status]).toEqual([false, "done"]);
      expect((await effects.claim(sampleEffect("claimed", { owner: "another" }))).granted).toBe(false);
      expect(await effects.settle("claimed", "actor", { status: "done", result: 1 })).toBe(true);
      expect(await effects.countDone({ target: ADA, since: LONG_AGO })).toBe(0);
      expect((await effects.list({ target: "[erased]" })).items.length).toBe(3);
      expect(await effects.get("other")).toMatchObject({ target: BOB, status: "claimed" });
    });

    it("refuses approvals that wait, for a decision or for their use, and leaves those that are over", async () => {
      await using storage = await open();
      const { approvals, erasure } = storage.tenant("acme");
      const ids = ["pending", "approved", "edited", "used", "refused"];
      for (const id of ids) {
        const args = id === "edited" ? { to: BOB } : { to: ADA };
        await approvals.request(sampleApproval(id, { arguments: args }));
      }
      await approvals.request(sampleApproval("expired", { expiresAt: LONG_AGO }));
      await approvals.request(sampleApproval("other", { arguments: { to: BOB } }));
      for (const id of ["approved", "used"]) await approvals.decide(id, { status: "approved", by: "bob" });
      await approvals.decide("edited", {
        ...{ status: "approved", by: "bob", editedArguments: { to: ADA }, editedArgumentsHash: "edited" },
      });
      await approvals.use("used", "hash");
      await approvals.decide("refused", { status: "refused", by: "bob", reason: `not to ${ADA}` });
      expect(await erasure.erase(ada)).toEqual([{ store: "approvals", records: 6 }]);
      for (const id of ["pending", "approved", "edited"]) {
        expect(await approvals.get(id)).toMatchObject({ status: "refused", decidedBy: "erasure" });
        expect(await approvals.decide(id, { status: "approved", by: "bob" })).toBe(undefined);
        for (const hash of ["hash", "edited"]) expect(await approvals.use(id, hash)).toBe(undefined);
      }
      expect(await approvals.get("used")).toMatchObject({ status: "used", decidedBy: "bob" });
      expect(await approvals.get("expired")).toMatchObject({
        status: "expired",
        arguments: { to: "[erased]" },
      });
      expect(await approvals.get("refused")).toMatchObject({ decidedBy: "bob", reason: "not to [erased]" });
      expect(await approvals.decide("other", { status: "approved", by: "bob" })).toMatchObject({
        ...{ status: "approved", arguments: { to: BOB } },
      });
    });

    it("takes the name of a person who decided from an approval, which stays good", async () => {
      await using storage = await open();
      const { approvals, erasure } = storage.tenant("acme");
      await approvals.request(sampleApproval("1", { arguments: { to: BOB } }));
      await approvals.decide("1", { status: "approved", by: `user:${ADA}` });
      expect(await erasure.erase(ada)).toEqual([{ store: "approvals", records: 1 }]);
      expect(await approvals.use("1", "hash")).toMatchObject({ status: "used", decidedBy: "user:[erased]" });
    });
  });
}
