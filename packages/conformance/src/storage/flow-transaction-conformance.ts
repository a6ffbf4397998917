import { everyFlowCall, readFlowState } from "./every-flow-call.js";
import { atOnce, type FlowStores, type FlowSuite, settlesInTime } from "./flow-suite.js";
import {
  begin,
  beginWaiting,
  claimIds,
  claimOne,
  fenceOf,
  sampleApproval,
  sampleCheckpoint,
  sampleEffect,
  sampleStart,
} from "./sample-flows.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";

const TARGET = "ada@fjord.example";
const done = { status: "done", result: 1 } as const;

/** Something of every kind, for later changes. */
async function prepare(stores: FlowStores & { readonly queue: Parameters<typeof begin>[0]["queue"] }) {
  const { effects, approvals } = stores;
  await beginWaiting(stores, "waiting", ["answer"]);
  await begin(stores, "running");
  for (const key of ["done", "failed"]) await effects.claim(sampleEffect(key));
  await effects.claim(sampleEffect("dead", { leaseUntil: LONG_AGO }));
  for (const id of ["pending", "approved"]) await approvals.request(sampleApproval(id));
  await approvals.decide("approved", { status: "approved", by: "ada" });
}

/** Changes all of it, and adds something of every kind. */
async function changeAll({ flows, effects, approvals }: FlowStores): Promise<void> {
  await flows.deliver("waiting", { name: "answer", payload: 1 });
  await flows.commit({
    ...{ id: "running", fence: 1, checkpoint: sampleCheckpoint(1), steps: [{ key: "2/a/0/x", value: 1 }] },
    rest: { status: "pending", dueAt: LONG_AGO },
  });
  await flows.stop("running", { by: "ada", reason: "enough" });
  await flows.create(sampleStart("new"));
  await effects.settle("done", "actor", done);
  await effects.settle("failed", "actor", { status: "failed", error: { code: "x", message: "y" } });
  await effects.reconcile("dead", "looker", FAR_AHEAD);
  await effects.claim(sampleEffect("new"));
  await approvals.decide("pending", { status: "refused", by: "ada" });
  await approvals.use("approved", "hash");
  await approvals.request(sampleApproval("new"));
}

/** All writes of a transaction stand, or none. */
export function flowTransactionConformance({ describe, it, expect, open, patienceMs }: FlowSuite): void {
  describe("transactions over flows, effects and approvals", () => {
    it("puts back what was changed when the callback throws, and makes no run due", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await prepare({ ...acme, queue: storage.queue });
      const before = await readFlowState(acme);
      const reason = new Error("the host changed its mind");
      const pending = acme.transaction(async (stores) => {
        await changeAll(stores);
        throw reason;
      });
      await expect(pending).rejects.toBe(reason);
      expect(await readFlowState(acme)).toEqual(before);
      expect(await claimIds(storage.queue)).toEqual([]);
      expect(await acme.approvals.use("approved", "hash")).toMatchObject({ status: "used" });
      expect(await acme.effects.settle("done", "actor", done)).toBe(true);
    });

    it("shows a transaction its own changes, and nobody else, queues neither, before it ends", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await prepare({ ...acme, queue: storage.queue });
      const before = await readFlowState(acme);
      const seen = await acme.transaction(async (stores) => {
        await changeAll(stores);
        return {
          inside: await readFlowState(stores),
          outside: await readFlowState(acme),
          due: await claimIds(storage.queue),
        };
      });
      expect(seen.outside).toEqual(before);
      expect(seen.due).toEqual([]);
      expect(await readFlowState(acme)).toEqual(seen.inside);
      expect([...(await claimIds(storage.queue))].sort()).toEqual(["new", "running", "waiting"]);
      const { deltas, steps } = await acme.flows.load("running", 2);
      expect([deltas.length, steps.length]).toEqual([1, 1]);
    });

    it("wakes who waits once a transaction stands that made a run due", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const caller = new AbortController();
      const waiting = storage.queue.wait(600_000, { signal: caller.signal });
      await acme.transaction(({ flows }) => flows.create(sampleStart("1")));
      const isAwake = await settlesInTime(waiting, patienceMs);
      caller.abort();
      await Promise.allSettled([waiting]);
      expect(isAwake).toBe(true);
      expect(await claimIds(storage.queue)).toEqual(["1"]);
    });

    it("claims an effect under an approval once, when transactions do both at once", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await acme.approvals.request(sampleApproval("1"));
      await acme.approvals.decide("1", { status: "approved", by: "ada" });
      const granted = await atOnce(5, (index) =>
        acme.transaction(async ({ approvals, effects }) => {
          if ((await approvals.use("1", "hash")) === undefined) return false;
          return (await effects.claim(sampleEffect(`${index}`))).granted;
        }),
      );
      expect(granted.filter(Boolean).length).toBe(1);
      expect((await acme.effects.list()).items.length).toBe(1);
    });

    it("keeps to a cap on contact that is looked at in the transaction that acts", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      for (const key of ["another's", "another's too"]) {
        await acme.effects.claim(sampleEffect(key, { target: "bob@fjord.example" }));
      }
      const granted = await atOnce(5, (index) =>
        acme.transaction(async ({ effects }) => {
          await effects.claim(sampleEffect(`bob's ${index}`, { target: "bob@fjord.example" }));
          const count = { target: TARGET, since: LONG_AGO, forGate: true };
          if ((await effects.countDone(count)) >= 2) return false;
          return (await effects.claim(sampleEffect(`${index}`))).granted;
        }),
      );
      expect(granted.filter(Boolean).length).toBe(2);
      expect((await acme.effects.list({ target: TARGET })).items.length).toBe(2);
    });

    it("takes decision and answer together, so that a run wakes to a decision that stands", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await beginWaiting({ ...acme, queue: storage.queue }, "1", ["approval"]);
      await acme.approvals.request(sampleApproval("1"));
      await acme.transaction(async ({ approvals, flows }) => {
        const decided = await approvals.decide("1", { status: "approved", by: "ada" });
        await flows.deliver("1", { name: "approval", payload: decided?.status ?? null });
      });
      const claim = await claimOne(storage.queue);
      expect((await acme.flows.load("1", claim.fence)).events).toEqual([
        { name: "approval", payload: "approved" },
      ]);
      expect((await acme.approvals.get("1"))?.status).toBe("approved");
      await acme.flows.commit({ ...fenceOf(claim), rest: { status: "completed", output: 1 } });
    });

    it("refuses the stores of a transaction once it is over", async () => {
      await using storage = await open();
      const kept = await storage.tenant("acme").transaction(async (stores) => stores);
      for (const call of Object.values(everyFlowCall(kept))) {
        await expect(call()).rejects.toMatchObject({ code: "store.closed" });
      }
    });
  });
}
