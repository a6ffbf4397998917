import type { FlowSuite } from "./flow-suite.js";
import {
  begin,
  claimIds,
  claimOne,
  fenceOf,
  sampleCheckpoint,
  sampleStart,
  sampleStep,
} from "./sample-flows.js";
import { LONG_AGO } from "./sample-shared-state.js";

const failed = { status: "failed", error: { code: "model.overloaded", message: "no capacity" } } as const;
const NEXT = [{ name: "sales", versions: ["2"] }];

/** Runs that begin again where they failed, and runs that move to a newer version of their graph. */
export function flowReopenConformance({ describe, it, expect, open }: FlowSuite): void {
  describe("flow-store/1, reopened runs", () => {
    it("lets a run that failed go on from its last checkpoint, with its steps and events, without its error", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const first = await begin({ flows, queue: storage.queue }, "1");
      const checkpoint = sampleCheckpoint(1, { snapshot: { all: true } });
      await flows.deliver("1", { name: "answer", payload: 7 });
      await flows.commit({ ...fenceOf(first), checkpoint, steps: [sampleStep("2/a/0/x")], rest: failed });
      expect(await claimIds(storage.queue)).toEqual([]);
      expect(await flows.reopen("1")).toBe(true);
      const record = await flows.get("1");
      expect(record).toMatchObject({ status: "pending", seq: 1, fence: 1 });
      expect([record?.error, record?.owner, record?.awaiting]).toEqual([undefined, undefined, []]);
      expect((record?.dueAt ?? "") > LONG_AGO).toBe(true);
      const claim = await claimOne(storage.queue);
      expect(claim).toMatchObject({ id: "1", fence: 2 });
      expect(await flows.load("1", 2)).toMatchObject({
        ...{ snapshot: checkpoint, deltas: [], steps: [sampleStep("2/a/0/x")] },
        events: [{ name: "answer", payload: 7 }],
      });
      await flows.commit({
        ...{ ...fenceOf(claim), checkpoint: sampleCheckpoint(2) },
        rest: { status: "completed", output: "done" },
      });
      expect(await flows.get("1")).toMatchObject({ status: "completed", seq: 2 });
      expect((await flows.history("1")).items.length).toBe(2);
    });

    it("lets a run that failed before its first checkpoint begin anew, its steps remembered", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const claim = await begin({ flows, queue: storage.queue }, "1");
      await flows.commit({ ...fenceOf(claim), steps: [sampleStep("1/a/0/x")], rest: failed });
      expect(await flows.reopen("1")).toBe(true);
      const again = await claimOne(storage.queue);
      expect(await flows.load("1", again.fence)).toMatchObject({
        deltas: [],
        steps: [sampleStep("1/a/0/x")],
      });
    });

    it("forgets the end that was asked for of a run that failed", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const claim = await begin({ flows, queue: storage.queue }, "1");
      await flows.stop("1", { by: "ada", reason: "enough" });
      await flows.commit({ ...fenceOf(claim), rest: failed });
      expect(await flows.reopen("1")).toBe(true);
      expect("stop" in ((await flows.get("1")) ?? {})).toBe(false);
      const again = await claimOne(storage.queue);
      expect(await storage.queue.renew([again], 1000)).toEqual([]);
    });

    it("reopens no run that has not failed, and none that is not there", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const ends = {
        completed: { status: "completed", output: 1 },
        cancelled: { status: "cancelled" },
        waiting: { status: "waiting", awaiting: ["answer"] },
        running: undefined,
      } as const;
      for (const [id, rest] of Object.entries(ends)) {
        const claim = await begin({ flows, queue: storage.queue }, id);
        if (rest !== undefined) await flows.commit({ ...fenceOf(claim), rest });
      }
      await flows.create(sampleStart("pending", { dueAt: "2999-01-01T00:00:00.000Z" }));
      const before = await flows.list();
      for (const id of [...Object.keys(ends), "pending", "none"]) expect(await flows.reopen(id)).toBe(false);
      expect(await flows.list()).toEqual(before);
      expect(await claimIds(storage.queue)).toEqual([]);
    });

    it("reopens a run once for each of its failures", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const claim = await begin({ flows, queue: storage.queue }, "1");
      await flows.commit({ ...fenceOf(claim), rest: failed });
      const answers = await Promise.all([flows.reopen("1"), flows.reopen("1"), flows.reopen("1")]);
      expect(answers.filter(Boolean).length).toBe(1);
      const again = await claimOne(storage.queue);
      await expect(flows.commit({ ...fenceOf(claim), rest: { status: "cancelled" } })).rejects.toMatchObject({
        code: "flow.fenced",
      });
      await flows.commit({ ...fenceOf(again), rest: failed });
      expect(await flows.reopen("1")).toBe(true);
    });
  });

  describe("flow-store/1, versions", () => {
    it("pins a run to another version with a checkpoint that holds a snapshot", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const claim = await begin({ flows, queue: storage.queue }, "1");
      const checkpoint = sampleCheckpoint(1, { snapshot: { moved: true } });
      await flows.commit({ ...fenceOf(claim), checkpoint, version: "2" });
      expect(await flows.get("1")).toMatchObject({ version: "2", status: "running", seq: 1 });
      await flows.commit({ ...fenceOf(claim), rest: { status: "pending", dueAt: LONG_AGO } });
      expect(await claimIds(storage.queue)).toEqual([]);
      const next = await claimOne(storage.queue, { graphs: NEXT });
      expect(next).toMatchObject({ id: "1", version: "2", fence: 2 });
      expect((await flows.load("1", 2)).snapshot).toEqual(checkpoint);
    });

    it("gives a run whose worker died after the change to workers of the new version only", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const claim = await begin({ flows, queue: storage.queue }, "1", { leaseMs: 0 });
      await flows.commit({
        ...{ ...fenceOf(claim), version: "2" },
        checkpoint: sampleCheckpoint(1, { snapshot: {} }),
      });
      expect(await claimIds(storage.queue)).toEqual([]);
      expect(await claimIds(storage.queue, { graphs: NEXT })).toEqual(["1"]);
    });

    it("changes the version and lets the run rest in one write, which may be made again", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const claim = await begin({ flows, queue: storage.queue }, "1");
      const write = {
        ...{ ...fenceOf(claim), version: "2", checkpoint: sampleCheckpoint(1, { snapshot: { a: 1 } }) },
        rest: { status: "pending", dueAt: LONG_AGO } as const,
      };
      await flows.commit(write);
      await flows.commit(write);
      await expect(flows.commit({ ...write, version: "3" })).rejects.toMatchObject({ code: "flow.fenced" });
      expect(await flows.get("1")).toMatchObject({ version: "2", status: "pending", seq: 1 });
      expect(await claimIds(storage.queue, { graphs: NEXT })).toEqual(["1"]);
    });

    it("refuses another version without a snapshot, and writes nothing", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const claim = await begin({ flows, queue: storage.queue }, "1");
      for (const write of [{}, { checkpoint: sampleCheckpoint(1) }]) {
        await expect(flows.commit({ ...fenceOf(claim), ...write, version: "2" })).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "flows", field: "write.version" },
        });
      }
      expect(await flows.get("1")).toMatchObject({ version: "1", seq: 0 });
      expect((await flows.history("1")).items).toEqual([]);
    });
  });
}
