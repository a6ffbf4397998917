import type { FlowCheckpoint, FlowWrite } from "@salesagent/ports";
import type { FlowSuite } from "./flow-suite.js";
import {
  begin,
  beginWaiting,
  claimIds,
  claimOne,
  fenceOf,
  sampleCheckpoint,
  sampleStart,
} from "./sample-flows.js";
import { FAR_AHEAD } from "./sample-shared-state.js";
import { readAll } from "./storage-suite.js";

const step = (key: string) => ({ key, value: { done: key } });

/** All that a write can bring. */
const fullWrite: Omit<FlowWrite, "id" | "fence"> = {
  steps: [step("1/draft/0/a")],
  checkpoint: sampleCheckpoint(1),
  taken: ["answer"],
  rest: { status: "completed", output: "late" },
};

/** Progress that stands or falls together. */
export function flowCommitConformance({ describe, it, expect, open }: FlowSuite): void {
  describe("flow-store/1, progress", () => {
    it("gives a claimed run what it goes on from: the last snapshot, what came after it, and steps", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const first = await begin(acme, "1", { leaseMs: 0 });
      expect(await acme.flows.load("1", 1)).toEqual({
        record: await acme.flows.get("1"),
        deltas: [],
        steps: [],
        events: [],
      });
      const checkpoints: readonly FlowCheckpoint[] = [
        sampleCheckpoint(1),
        sampleCheckpoint(2, { snapshot: { values: ["é 🐟", null] } }),
        sampleCheckpoint(3),
        sampleCheckpoint(4, { snapshot: null, delta: null }),
        sampleCheckpoint(5, { delta: [[{}], 0.1] }),
        sampleCheckpoint(6),
      ];
      for (const checkpoint of checkpoints) await acme.flows.commit({ ...fenceOf(first), checkpoint });
      await acme.flows.commit({
        ...fenceOf(first),
        steps: [step("7/b/0/x"), { key: "7/a/0/y", value: null }],
      });
      const second = await claimOne(storage.queue);
      const state = await acme.flows.load("1", second.fence);
      expect(state).toEqual({
        record: await acme.flows.get("1"),
        snapshot: checkpoints[3],
        deltas: checkpoints.slice(4),
        steps: [step("7/b/0/x"), { key: "7/a/0/y", value: null }],
        events: [],
      });
      expect(state.record).toMatchObject({ seq: 6, fence: 2, status: "running" });
      expect(await readAll((page) => acme.flows.history("1", page), 4)).toEqual(checkpoints);
    });

    it("reads every delta where there is no snapshot yet", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      for (const seq of [1, 2, 3]) {
        await acme.flows.commit({ ...fenceOf(claim), checkpoint: sampleCheckpoint(seq) });
      }
      const state = await acme.flows.load("1", claim.fence);
      expect("snapshot" in state).toBe(false);
      expect(state.deltas.map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect("snapshot" in (state.deltas[0] ?? {})).toBe(false);
    });

    it("remembers steps until a checkpoint takes their place, and not those of its own write", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      const keysOf = async () => (await acme.flows.load("1", claim.fence)).steps.map(({ key }) => key);
      await acme.flows.commit({ ...fenceOf(claim), steps: [step("1/a/0/x"), step("1/a/0/y")] });
      await acme.flows.commit({ ...fenceOf(claim), steps: [step("1/b/0/x")] });
      expect(await keysOf()).toEqual(["1/a/0/x", "1/a/0/y", "1/b/0/x"]);
      await acme.flows.commit({
        ...fenceOf(claim),
        checkpoint: sampleCheckpoint(1),
        steps: [step("2/a/0/x")],
      });
      expect(await keysOf()).toEqual(["2/a/0/x"]);
      await acme.flows.commit({ ...fenceOf(claim), checkpoint: sampleCheckpoint(2) });
      expect(await keysOf()).toEqual([]);
    });

    it("refuses a step that is remembered already, and nothing of that write stands", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      await acme.flows.commit({ ...fenceOf(claim), steps: [step("a"), step("b")] });
      for (const [field, steps] of [
        ["write.steps[1].key", [step("c"), { key: "a", value: "again" }]],
        ["write.steps[2].key", [step("c"), step("d"), step("c")]],
      ] as const) {
        await expect(acme.flows.commit({ ...fenceOf(claim), steps })).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "flows", field },
        });
      }
      const state = await acme.flows.load("1", claim.fence);
      expect(state.steps).toEqual([step("a"), step("b")]);
    });

    it("refuses a checkpoint that repeats a number or leaves one out, and nothing of that write stands", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      await acme.flows.commit({ ...fenceOf(claim), checkpoint: sampleCheckpoint(1), steps: [step("a")] });
      const before = await acme.flows.load("1", claim.fence);
      for (const seq of [0, 1, 3]) {
        const write = { ...fullWrite, ...fenceOf(claim), checkpoint: sampleCheckpoint(seq) };
        await expect(acme.flows.commit(write)).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "flows", field: "write.checkpoint.seq" },
        });
      }
      expect(await acme.flows.load("1", claim.fence)).toEqual(before);
      await acme.flows.commit({ ...fenceOf(claim), checkpoint: sampleCheckpoint(2) });
      expect((await acme.flows.history("1")).items.map(({ seq }) => seq)).toEqual([1, 2]);
    });

    it("refuses what is not progress, naming the field, and nothing of it stands", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      const before = await acme.flows.load("1", claim.fence);
      const unsound: readonly (readonly [string, Partial<FlowWrite>])[] = [
        ["write.steps[0].key", { steps: [step("")] }],
        ["write.steps[1].key", { steps: [step("a"), step("x".repeat(401))] }],
        ["write.steps[0].value", { steps: [{ key: "a", value: Number.NaN }] }],
        ["write.checkpoint.at", { checkpoint: sampleCheckpoint(1, { at: "now" }) }],
        ["write.checkpoint.seq", { checkpoint: sampleCheckpoint(0.5) }],
        ["write.taken[0]", { taken: [""] }],
        ["write.rest.status", { rest: { status: "running" as "cancelled" } }],
        ["write.rest.status", { rest: { status: "done" as "cancelled" } }],
        ["write.rest.awaiting[1]", { rest: { status: "waiting", awaiting: ["a", ""] } }],
        ["write.rest.dueAt", { rest: { status: "waiting", awaiting: [], dueAt: "soon" } }],
        ["write.rest.dueAt", { rest: { status: "pending", dueAt: "" } }],
      ];
      for (const [field, write] of unsound) {
        await expect(acme.flows.commit({ ...fenceOf(claim), ...write })).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "flows", field },
        });
      }
      expect(await acme.flows.load("1", claim.fence)).toEqual(before);
    });

    it("ends the lease with a rest: what is pending and what waits is due at its time, and not before", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      await beginWaiting(acme, "waits", ["a", "b"]);
      await beginWaiting(acme, "waits until", ["c"], FAR_AHEAD);
      const claim = await begin(acme, "paused");
      await acme.flows.commit({ ...fenceOf(claim), rest: { status: "pending", dueAt: FAR_AHEAD } });
      expect(await claimIds(storage.queue)).toEqual([]);
      const [waits, until, paused] = [
        await acme.flows.get("waits"),
        await acme.flows.get("waits until"),
        await acme.flows.get("paused"),
      ];
      expect(waits).toMatchObject({ status: "waiting", awaiting: ["a", "b"], fence: 1 });
      expect(until).toMatchObject({ status: "waiting", awaiting: ["c"], dueAt: FAR_AHEAD });
      expect(paused).toMatchObject({ status: "pending", awaiting: [], dueAt: FAR_AHEAD });
      expect("dueAt" in (waits ?? {})).toBe(false);
      for (const record of [waits, until, paused]) expect("owner" in (record ?? {})).toBe(false);
    });

    it("takes runs up again when their time has come, with nothing left of their waiting", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      await beginWaiting(acme, "1", ["answer"], "2001-01-01T00:00:00Z");
      expect(await acme.flows.get("1")).toMatchObject({ dueAt: "2001-01-01T00:00:00.000Z" });
      const claim = await claimOne(storage.queue);
      expect(await acme.flows.get("1")).toMatchObject({ status: "running", awaiting: [], fence: 2 });
      const dueAt = "2001-01-01T00:00:01Z";
      await acme.flows.commit({ ...fenceOf(claim), rest: { status: "pending", dueAt } });
      expect(await claimOne(storage.queue)).toMatchObject({ id: "1", fence: 3 });
    });
  });

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
      await expect(acme.flows.commit({ ...fenceOf(old), steps: [step("a")] })).rejects.toMatchObject(fenced);
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
        const write = { ...fenceOf(claim), checkpoint, steps: [step("2/a/0/x")], taken: ["a"], ...how };
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
        const steps = [step(id)];
        await acme.flows.commit({ ...fenceOf(claim), checkpoint: sampleCheckpoint(1), steps, rest });
        const before = await acme.flows.load(id, claim.fence);
        expect(before).toMatchObject({ record: { status: id }, deltas: [{ seq: 1 }], steps });
        for (const write of [fullWrite, { steps: [step("more")] }, { rest }]) {
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
