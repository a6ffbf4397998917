import type { FlowCheckpoint, FlowWrite } from "@salesagent/ports";
import type { FlowSuite } from "./flow-suite.js";
import {
  begin,
  beginWaiting,
  claimIds,
  claimOne,
  fenceOf,
  sampleCheckpoint,
  sampleStep,
} from "./sample-flows.js";
import { FAR_AHEAD } from "./sample-shared-state.js";
import { readAll } from "./storage-suite.js";

/** All that a write can bring. */
const fullWrite: Omit<FlowWrite, "id" | "fence"> = {
  steps: [sampleStep("1/draft/0/a")],
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
        steps: [sampleStep("7/b/0/x"), { key: "7/a/0/y", value: null }],
      });
      const second = await claimOne(storage.queue);
      const state = await acme.flows.load("1", second.fence);
      expect(state).toEqual({
        record: await acme.flows.get("1"),
        snapshot: checkpoints[3],
        deltas: checkpoints.slice(4),
        steps: [sampleStep("7/b/0/x"), { key: "7/a/0/y", value: null }],
        events: [],
      });
      expect(state.record).toMatchObject({ seq: 6, fence: 2, status: "running" });
      expect((await acme.flows.history("1", { limit: 4 })).items).toEqual(checkpoints.slice(0, 4));
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
      await acme.flows.commit({ ...fenceOf(claim), steps: [sampleStep("1/a/0/x"), sampleStep("1/a/0/y")] });
      await acme.flows.commit({ ...fenceOf(claim), steps: [sampleStep("1/b/0/x")] });
      expect(await keysOf()).toEqual(["1/a/0/x", "1/a/0/y", "1/b/0/x"]);
      await acme.flows.commit({
        ...fenceOf(claim),
        checkpoint: sampleCheckpoint(1),
        steps: [sampleStep("2/a/0/x")],
      });
      expect(await keysOf()).toEqual(["2/a/0/x"]);
      await acme.flows.commit({ ...fenceOf(claim), checkpoint: sampleCheckpoint(2) });
      expect(await keysOf()).toEqual([]);
    });

    it("refuses a step that is remembered already, and nothing of that write stands", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      await acme.flows.commit({ ...fenceOf(claim), steps: [sampleStep("a"), sampleStep("b")] });
      for (const [field, steps] of [
        ["write.steps[1].key", [sampleStep("c"), { key: "a", value: "again" }]],
        ["write.steps[2].key", [sampleStep("c"), sampleStep("d"), sampleStep("c")]],
      ] as const) {
        await expect(acme.flows.commit({ ...fenceOf(claim), steps })).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "flows", field },
        });
      }
      const state = await acme.flows.load("1", claim.fence);
      expect(state.steps).toEqual([sampleStep("a"), sampleStep("b")]);
    });

    it("refuses a checkpoint that repeats a number or leaves one out, and nothing of that write stands", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      await acme.flows.commit({
        ...fenceOf(claim),
        checkpoint: sampleCheckpoint(1),
        steps: [sampleStep("a")],
      });
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
        ["write.steps[0].key", { steps: [sampleStep("")] }],
        ["write.steps[1].key", { steps: [sampleStep("a"), sampleStep("x".repeat(401))] }],
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
}
