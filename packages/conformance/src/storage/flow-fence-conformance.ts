import type { FlowWrite } from "@salesagent/ports";
import type { FlowSuite } from "./flow-suite.js";
import { begin, claimOne, fenceOf, sampleCheckpoint, sampleStart, sampleStep } from "./sample-flows.js";
import { FAR_AHEAD } from "./sample-shared-state.js";

/** All that a write can bring. */
const fullWrite: Omit<FlowWrite, "id" | "fence"> = {
  steps: [sampleStep("1/draft/0/a")],
  checkpoint: sampleCheckpoint(1),
  taken: ["answer"],
  rest: { status: "completed", output: "late" },
};

/** Whose progress is taken in, and whose is not. */
export function flowFenceConformance({ describe, it, expect, open }: FlowSuite): void {
  describe("flow-store/1, fences", () => {
    it("refuses a worker whose run was claimed since, by whomever, and writes nothing", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const old = await begin(acme, "1", { owner: "same", leaseMs: 0 });
      await acme.flows.deliver("1", { name: "answer", payload: 1 });
      const current = await claimOne(storage.queue, { owner: "same" });
      const before = await acme.flows.load("1", current.fence);
      const fenced = { code: "flow.fenced", replay: "safe", facts: { runId: "1", fence: old.fence } };
      await expect(acme.flows.commit({ ...fenceOf(old), ...fullWrite })).rejects.toMatchObject(fenced);
      await expect(acme.flows.commit({ ...fenceOf(old), steps: [sampleStep("a")] })).rejects.toMatchObject(
        fenced,
      );
      await expect(acme.flows.commit(fenceOf(old))).rejects.toMatchObject(fenced);
      await expect(acme.flows.load("1", old.fence)).rejects.toMatchObject(fenced);
      expect(await acme.flows.load("1", current.fence)).toEqual(before);
    });

    it("takes the last write again, as when its answer was lost, and does it once", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const rests = [
        {},
        { rest: { status: "waiting", awaiting: ["b"] } },
        { rest: { status: "pending", dueAt: FAR_AHEAD } },
        { rest: { status: "completed", output: { list: [1, null] } } },
      ] as const;
      for (const [index, how] of rests.entries()) {
        const id = `${index}`;
        const claim = await begin(acme, id);
        await acme.flows.deliver(id, { name: "a", payload: 1 });
        const checkpoint = sampleCheckpoint(1, { snapshot: { deep: [{}] } });
        const write = { ...fenceOf(claim), checkpoint, steps: [sampleStep("2/a/0/x")], taken: ["a"], ...how };
        await acme.flows.commit(write);
        const before = await acme.flows.load(id, claim.fence);
        await acme.flows.commit(write);
        expect(await acme.flows.load(id, claim.fence)).toEqual(before);
        const other = { ...write, checkpoint: { ...checkpoint, delta: "other" } };
        await expect(acme.flows.commit(other)).rejects.toMatchObject({
          code: index === 0 ? "store.invalid" : "flow.fenced",
        });
        expect(await acme.flows.load(id, claim.fence)).toEqual(before);
      }
    });

    it("refuses the last write of a worker whose run was claimed since", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const write = { ...fenceOf(await begin(acme, "1", { leaseMs: 0 })), checkpoint: sampleCheckpoint(1) };
      await acme.flows.commit(write);
      await claimOne(storage.queue);
      await expect(acme.flows.commit(write)).rejects.toMatchObject({ code: "flow.fenced" });
      expect((await acme.flows.get("1"))?.seq).toBe(1);
    });

    it("refuses a fence that nobody was given", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      await begin(acme, "1");
      const before = await acme.flows.load("1", 1);
      await expect(acme.flows.commit({ id: "1", fence: 2, ...fullWrite })).rejects.toMatchObject({
        code: "flow.fenced",
      });
      await expect(acme.flows.load("1", 2)).rejects.toMatchObject({ code: "flow.fenced" });
      expect(await acme.flows.load("1", 1)).toEqual(before);
    });

    it("takes the progress of a worker whose lease is over, while nobody else has claimed the run", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1", { leaseMs: 0 });
      await acme.flows.commit({ ...fenceOf(claim), checkpoint: sampleCheckpoint(1) });
      await acme.flows.commit({ ...fenceOf(claim), rest: { status: "completed", output: "out" } });
      expect(await acme.flows.get("1")).toMatchObject({ status: "completed", seq: 1, output: "out" });
    });

    it("refuses more progress of a run that was put to rest, or has ended, under the same fence", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const rests = [
        { status: "waiting", awaiting: ["a"] },
        { status: "pending", dueAt: FAR_AHEAD },
        { status: "completed", output: 1 },
        { status: "failed", error: { code: "graph.node_failed", message: "no" } },
        { status: "cancelled" },
      ] as const;
      for (const rest of rests) {
        const id = rest.status;
        const claim = await begin(acme, id);
        const steps = [sampleStep(id)];
        await acme.flows.commit({ ...fenceOf(claim), checkpoint: sampleCheckpoint(1), steps, rest });
        const before = await acme.flows.load(id, claim.fence);
        expect(before).toMatchObject({ record: { status: id }, deltas: [{ seq: 1 }], steps });
        for (const write of [fullWrite, { steps: [sampleStep("more")] }, { rest }]) {
          await expect(acme.flows.commit({ ...fenceOf(claim), ...write })).rejects.toMatchObject({
            code: "flow.fenced",
          });
        }
        expect(await acme.flows.load(id, claim.fence)).toEqual(before);
      }
    });

    it("names a run that is not there", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      await flows.create(sampleStart("1", { dueAt: FAR_AHEAD }));
      const missing = { code: "store.not_found", facts: { store: "flows", id: "unknown" } };
      await expect(flows.load("unknown", 1)).rejects.toMatchObject(missing);
      await expect(flows.commit({ id: "unknown", fence: 1 })).rejects.toMatchObject(missing);
      expect(await flows.history("unknown")).toEqual({ items: [] });
      expect(await flows.load("1", 0)).toMatchObject({ record: { status: "pending" }, deltas: [] });
      await expect(flows.commit({ id: "1", fence: 0 })).rejects.toMatchObject({ code: "flow.fenced" });
    });
  });
}
