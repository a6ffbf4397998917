import type { CallOptions, FlowStart } from "@salesagent/ports";
import { everyFlowCall, everyQueueCall, readFlowState } from "./every-flow-call.js";
import type { FlowStores, FlowSuite } from "./flow-suite.js";
import {
  begin,
  beginWaiting,
  claimIds,
  claimOne,
  sampleApproval,
  sampleEffect,
  sampleStart,
} from "./sample-flows.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";

const NUL = "a\0b";

type Write = readonly [field: string, write: () => Promise<unknown>];

/** Calls with a NUL character in a text, each by the field that must be named. */
function writesWithNul({ flows, effects, approvals }: FlowStores): readonly Write[] {
  const held = { id: "flow", fence: 1 };
  return [
    ["start.id", () => flows.create(sampleStart(NUL))],
    ["start.graph", () => flows.create(sampleStart("1", { graph: NUL }))],
    ["start.input.text", () => flows.create(sampleStart("1", { input: { text: NUL } }))],
    ["id", () => flows.get(NUL)],
    ["id", () => flows.load(NUL, 1)],
    ["write.id", () => flows.commit({ ...held, id: NUL })],
    ["write.steps[0].key", () => flows.commit({ ...held, steps: [{ key: NUL, value: 1 }] })],
    ["write.steps[0].value", () => flows.commit({ ...held, steps: [{ key: "a", value: NUL }] })],
    [
      "write.checkpoint.delta[0]",
      () => flows.commit({ ...held, checkpoint: { seq: 1, delta: [NUL], at: LONG_AGO } }),
    ],
    ["write.taken[0]", () => flows.commit({ ...held, taken: [NUL] })],
    ["write.rest.output", () => flows.commit({ ...held, rest: { status: "completed", output: NUL } })],
    [
      "write.rest.error.message",
      () => flows.commit({ ...held, rest: { status: "failed", error: { code: "a", message: NUL } } }),
    ],
    ["write.rest.awaiting[0]", () => flows.commit({ ...held, rest: { status: "waiting", awaiting: [NUL] } })],
    ["id", () => flows.deliver(NUL, { name: "a", payload: 1 })],
    ["event.name", () => flows.deliver("flow", { name: NUL, payload: 1 })],
    ["event.payload", () => flows.deliver("flow", { name: "a", payload: NUL })],
    ["id", () => flows.stop(NUL, { by: "ada", reason: "a" })],
    ["stop.by", () => flows.stop("flow", { by: NUL, reason: "a" })],
    ["stop.reason", () => flows.stop("flow", { by: "ada", reason: NUL })],
    ["id", () => flows.reopen(NUL)],
    [
      "write.version",
      () =>
        flows.commit({ ...held, version: NUL, checkpoint: { seq: 1, delta: 1, snapshot: 1, at: LONG_AGO } }),
    ],
    ["filter.graph", () => flows.list({ graph: NUL })],
    ["id", () => flows.history(NUL)],
    ["effect.key", () => effects.claim(sampleEffect(NUL))],
    ["effect.target", () => effects.claim(sampleEffect("1", { target: NUL }))],
    ["effect.input.subject", () => effects.claim(sampleEffect("1", { input: { subject: NUL } }))],
    ["key", () => effects.settle(NUL, "actor", { status: "done", result: 1 })],
    ["owner", () => effects.settle("effect", NUL, { status: "done", result: 1 })],
    ["outcome.result", () => effects.settle("effect", "actor", { status: "done", result: NUL })],
    ["key", () => effects.renew(NUL, "actor", FAR_AHEAD)],
    ["owner", () => effects.renew("effect", NUL, FAR_AHEAD)],
    ["key", () => effects.reconcile(NUL, "looker", FAR_AHEAD)],
    ["owner", () => effects.reconcile("effect", NUL, FAR_AHEAD)],
    ["key", () => effects.get(NUL)],
    ["filter.target", () => effects.list({ target: NUL })],
    ["count.target", () => effects.countDone({ target: NUL, since: LONG_AGO })],
    ["approval.id", () => approvals.request(sampleApproval(NUL))],
    ["approval.arguments[0]", () => approvals.request(sampleApproval("1", { arguments: [NUL] }))],
    ["id", () => approvals.decide(NUL, { status: "approved", by: "ada" })],
    ["decision.by", () => approvals.decide("approval", { status: "approved", by: NUL })],
    ["decision.reason", () => approvals.decide("approval", { status: "approved", by: "ada", reason: NUL })],
    ["id", () => approvals.use(NUL, "hash")],
    ["argumentsHash", () => approvals.use("approval", NUL)],
    ["id", () => approvals.get(NUL)],
    ["filter.runId", () => approvals.list({ runId: NUL })],
  ];
}

/** Tenants, values, aborts and closing. */
export function flowLifecycleConformance({ describe, it, expect, open }: FlowSuite): void {
  describe("flow stores, lifecycle", () => {
    it("name their ports", async () => {
      await using storage = await open();
      const { flows, effects, approvals } = storage.tenant("acme");
      expect([flows.port, effects.port, approvals.port, storage.queue.port]).toEqual([
        "flow-store/1",
        "effect-store/1",
        "approval-store/1",
        "flow-queue/1",
      ]);
    });

    it("reject every call with the caller's reason when it was aborted before, and write nothing", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const reason = new Error("prospect hung up");
      const call: CallOptions = { signal: AbortSignal.abort(reason) };
      await acme.flows.create(sampleStart("due"));
      const before = await readFlowState(acme);
      const calls = { ...everyFlowCall(acme, call), ...everyQueueCall(storage.queue, call) };
      for (const run of Object.values(calls)) await expect(run()).rejects.toBe(reason);
      expect(await readFlowState(acme)).toEqual(before);
    });

    it("refuse every call once the storage is closed", async () => {
      const storage = await open();
      const acme = storage.tenant("acme");
      await storage[Symbol.asyncDispose]();
      const calls = { ...everyFlowCall(acme), ...everyQueueCall(storage.queue) };
      for (const run of Object.values(calls)) {
        await expect(run()).rejects.toMatchObject({ code: "store.closed" });
      }
    });

    it("refuse text with a NUL character, naming the field, and write nothing", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await begin({ ...acme, queue: storage.queue }, "flow");
      await acme.effects.claim(sampleEffect("effect"));
      await acme.approvals.request(sampleApproval("approval"));
      const before = await readFlowState(acme);
      for (const [field, write] of writesWithNul(acme)) {
        await expect(write()).rejects.toMatchObject({ code: "store.invalid", facts: { field } });
      }
      await expect(claimIds(storage.queue, { owner: NUL })).rejects.toMatchObject({
        code: "store.invalid",
        facts: { store: "queue", field: "want.owner" },
      });
      expect(await readFlowState(acme)).toEqual(before);
    });

    it("refuse page limits out of range and cursors of their own making", async () => {
      await using storage = await open();
      const { flows, effects, approvals } = storage.tenant("acme");
      const lists = [
        (page: object) => flows.list({}, page),
        (page: object) => flows.history("1", page),
        (page: object) => effects.list({}, page),
        (page: object) => approvals.list({}, page),
      ];
      for (const list of lists) {
        await expect(list({ limit: 0 })).rejects.toMatchObject({ name: "RangeError" });
        await expect(list({ after: "x" })).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field: "page.after" },
        });
      }
    });
  });

  describe("flow stores, tenants", () => {
    it("keep runs apart, though their ids are the same", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme").flows, storage.tenant("other").flows];
      const start = (input: FlowStart["input"]) => sampleStart("1", { input, dueAt: FAR_AHEAD });
      expect(await acme.create(start("acme's"))).toBe(true);
      expect(await other.get("1")).toBe(undefined);
      expect((await other.list()).items).toEqual([]);
      expect(await other.deliver("1", { name: "answer", payload: 1 })).toBe(false);
      expect(await other.stop("1", { by: "ada", reason: "mine" })).toBe(false);
      await expect(other.load("1", 0)).rejects.toMatchObject({ code: "store.not_found" });
      await expect(other.commit({ id: "1", fence: 0 })).rejects.toMatchObject({ code: "store.not_found" });
      expect(await other.create(start("other's"))).toBe(true);
      await other.stop("1", { by: "ada", reason: "mine" });
      const claim = await claimOne(storage.queue);
      expect(claim).toMatchObject({ tenant: "other", id: "1", fence: 1 });
      await other.commit({
        ...{ id: "1", fence: 1, checkpoint: { seq: 1, delta: "other's", at: LONG_AGO } },
        steps: [{ key: "a", value: 1 }],
        rest: { status: "cancelled" },
      });
      expect((await acme.history("1")).items).toEqual([]);
      expect(await acme.load("1", 0)).toMatchObject({
        record: { input: "acme's", status: "pending", fence: 0, seq: 0 },
        ...{ deltas: [], steps: [], events: [] },
      });
      expect((await acme.list()).items.length).toBe(1);
    });

    it("keep effects apart, though their keys are the same", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme").effects, storage.tenant("other").effects];
      const { record } = await acme.claim(sampleEffect("1", { input: "acme's" }));
      expect(await other.get("1")).toBe(undefined);
      expect(await other.settle("1", "actor", { status: "done", result: 1 })).toBe(false);
      expect(await other.renew("1", "actor", FAR_AHEAD)).toBe(false);
      expect(await other.reconcile("1", "looker", FAR_AHEAD)).toBe(undefined);
      expect(await other.claim(sampleEffect("1", { input: "other's" }))).toMatchObject({ granted: true });
      await other.settle("1", "actor", { status: "done", result: 1 });
      expect((await other.list()).items.map(({ input }) => input)).toEqual(["other's"]);
      const target = "ada@fjord.example";
      expect(await acme.countDone({ target, since: LONG_AGO })).toBe(0);
      expect(await acme.get("1")).toEqual(record);
      expect((await acme.list()).items).toEqual([record]);
    });

    it("keep approvals apart, though their ids are the same", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme").approvals, storage.tenant("other").approvals];
      const record = await acme.request(sampleApproval("1", { arguments: "acme's" }));
      expect(await other.get("1")).toBe(undefined);
      expect(await other.decide("1", { status: "approved", by: "eve" })).toBe(undefined);
      expect(await other.request(sampleApproval("1", { arguments: "other's" }))).toMatchObject({
        arguments: "other's",
      });
      await other.decide("1", { status: "approved", by: "eve" });
      expect(await acme.use("1", "hash")).toBe(undefined);
      expect(await other.use("1", "hash")).toMatchObject({ status: "used" });
      expect((await other.list()).items.length).toBe(1);
      expect(await acme.get("1")).toEqual(record);
      expect((await acme.list()).items).toEqual([record]);
    });

    it("wake only their own runs", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme"), storage.tenant("other")];
      await beginWaiting({ ...acme, queue: storage.queue }, "1", ["answer"]);
      await beginWaiting({ ...other, queue: storage.queue }, "1", ["answer"]);
      await other.flows.deliver("1", { name: "answer", payload: 1 });
      const claims = [await claimOne(storage.queue), ...(await claimIds(storage.queue))];
      expect(claims).toMatchObject([{ tenant: "other", id: "1" }]);
      expect((await acme.flows.load("1", 1)).events).toEqual([]);
    });
  });
}
