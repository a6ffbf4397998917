import { SalesAgentError } from "@salesagent/ports";
import { atOnce, type FlowSuite } from "./flow-suite.js";
import {
  begin,
  claimIds,
  claimOne,
  fenceOf,
  sampleCheckpoint,
  sampleStart,
  sampleWant,
} from "./sample-flows.js";

/** Many workers, and many who send events, at once. */
export function flowOverlapConformance({ describe, it, expect, open }: FlowSuite): void {
  describe("flow stores, callers that overlap in time", () => {
    it("gives each of 100 runs to one of 50 workers who claim at once", async () => {
      await using storage = await open();
      const tenants = ["acme", "other", "third", "fourth"];
      for (const tenant of tenants) {
        for (let index = 0; index < 25; index++) {
          await storage.tenant(tenant).flows.create(sampleStart(`run-${index}`));
        }
      }
      const claims = (
        await atOnce(50, async (index) => {
          const want = sampleWant({ owner: `worker-${index}`, limit: 2 });
          return [...(await storage.queue.claim(want)), ...(await storage.queue.claim(want))];
        })
      ).flat();
      const left = await storage.queue.claim(sampleWant());
      const names = [...claims, ...left].map(({ tenant, id }) => `${tenant} ${id}`);
      expect(names.length).toBe(100);
      expect(new Set(names).size).toBe(100);
      expect([...claims, ...left].every(({ fence }) => fence === 1)).toBe(true);
      // who is passed over by all 50 would have waited for nobody
      expect(claims.length).toBeGreaterThan(50);
    });

    it("gives one run to one of 50 workers, again and again, each time under the next fence", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      await flows.create(sampleStart("1"));
      for (const fence of [1, 2, 3]) {
        const claims = (
          await atOnce(50, (index) => storage.queue.claim(sampleWant({ owner: `worker-${index}` })))
        ).flat();
        expect(claims.map((claim) => claim.fence)).toEqual([fence]);
        await flows.commit({
          ...{ id: "1", fence },
          rest: { status: "pending", dueAt: "2001-01-01T00:00:00.000Z" },
        });
      }
    });

    it("takes a checkpoint of one number once, however many write it", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) =>
          acme.flows.commit({ ...fenceOf(claim), checkpoint: sampleCheckpoint(1, { delta: index }) }),
        ),
      );
      const written = outcomes.findIndex(({ status }) => status === "fulfilled");
      expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBe(1);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") {
          expect(SalesAgentError.is(outcome.reason, "store.invalid")).toBe(true);
        }
      }
      expect((await acme.flows.history("1")).items.map(({ delta }) => delta)).toEqual([written]);
    });

    it("loses no event that comes just while its run begins to wait", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claims = [];
      for (let index = 0; index < 25; index++) claims.push(await begin(acme, `${index}`));
      await Promise.all(
        claims.flatMap((claim) => [
          acme.flows.commit({ ...fenceOf(claim), rest: { status: "waiting", awaiting: ["answer"] } }),
          acme.flows.deliver(claim.id, { name: "answer", payload: claim.id }),
        ]),
      );
      expect((await claimIds(storage.queue)).length).toBe(25);
      for (const { id } of claims) {
        expect((await acme.flows.load(id, 2)).events).toEqual([{ name: "answer", payload: id }]);
      }
    });

    it("keeps one of many events of a name, and all of many names", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const claim = await begin(acme, "1");
      const delivered = await atOnce(30, (index) =>
        acme.flows.deliver("1", { name: `name-${index % 10}`, payload: index }),
      );
      expect(delivered.every(Boolean)).toBe(true);
      const { events } = await acme.flows.load("1", claim.fence);
      expect(events.map(({ name }) => name).sort()).toEqual(
        Array.from({ length: 10 }, (_, index) => `name-${index}`),
      );
    });

    it("lets either the worker write or the next one claim, never both under one fence", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      for (let index = 0; index < 20; index++) {
        const id = `${index}`;
        const old = await begin(acme, id, { leaseMs: 0 });
        const checkpoint = sampleCheckpoint(1, { delta: "old" });
        const [written, early] = await Promise.all([
          acme.flows.commit({ ...fenceOf(old), checkpoint }).then(
            () => true,
            (error: unknown) => !SalesAgentError.is(error, "flow.fenced"),
          ),
          storage.queue.claim(sampleWant()),
        ]);
        // a claim may pass over what is just being written
        const next = early[0] ?? (await claimOne(storage.queue));
        const state = await acme.flows.load(id, next.fence);
        expect(state.record.seq).toBe(state.deltas.length);
        // a write that was refused is not there; one that stands was seen by who claimed after it
        expect(state.deltas.length === 1).toBe(written);
        await acme.flows.commit({ ...fenceOf(next), rest: { status: "cancelled" } });
      }
    });
  });
}
