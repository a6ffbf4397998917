import type { FlowSuite } from "./flow-suite.js";
import {
  begin,
  beginWaiting,
  claimIds,
  claimOne,
  fenceOf,
  LONG_LEASE_MS,
  longAgo,
  sampleStart,
  sampleWant,
} from "./sample-flows.js";
import { FAR_AHEAD, LONG_AGO } from "./sample-shared-state.js";

/** Who works on which run. */
export function flowQueueConformance({ describe, it, expect, open }: FlowSuite): void {
  describe("flow-queue/1, claims", () => {
    it("gives a run to its worker, in state running, and to nobody else while the lease lasts", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      await flows.create(sampleStart("1"));
      expect(await storage.queue.claim(sampleWant({ owner: "me" }))).toEqual([
        { tenant: "acme", id: "1", graph: "sales", version: "1", fence: 1 },
      ]);
      const record = await flows.get("1");
      expect(record).toMatchObject({ status: "running", owner: "me", fence: 1, seq: 0, awaiting: [] });
      expect((record?.dueAt ?? "") > (record?.createdAt ?? "")).toBe(true);
      expect(await claimIds(storage.queue, { owner: "me" })).toEqual([]);
      expect(await claimIds(storage.queue, { owner: "you" })).toEqual([]);
    });

    it("gives a run whose lease is over to the next who asks, each time under a higher fence", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      await flows.create(sampleStart("1"));
      for (const fence of [1, 2, 3]) {
        expect(await claimOne(storage.queue, { owner: "same", leaseMs: 0 })).toMatchObject({ fence });
      }
      expect(await claimOne(storage.queue, { owner: "other" })).toMatchObject({ id: "1", fence: 4 });
      expect(await flows.get("1")).toMatchObject({ status: "running", owner: "other", fence: 4 });
      expect(await claimIds(storage.queue)).toEqual([]);
    });

    it("passes over a run whose time has not come", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      await flows.create(sampleStart("later", { dueAt: FAR_AHEAD }));
      await flows.create(sampleStart("now", { dueAt: LONG_AGO }));
      expect(await claimIds(storage.queue)).toEqual(["now"]);
      expect(await flows.get("later")).toMatchObject({ status: "pending", fence: 0, dueAt: FAR_AHEAD });
    });

    it("gives the earliest due first, of whatever tenant and kind, and as many as are asked for", async () => {
      await using storage = await open();
      const [acme, other] = [storage.tenant("acme").flows, storage.tenant("other").flows];
      const acmes = { flows: acme, queue: storage.queue };
      const third = fenceOf(await begin(acmes, "3, waiting"));
      await begin(acmes, "5, just left", { leaseMs: 0 });
      await acme.commit({ ...third, rest: { status: "waiting", awaiting: ["never"], dueAt: longAgo(3) } });
      await acme.create(sampleStart("4", { dueAt: longAgo(4) }));
      await other.create(sampleStart("1", { dueAt: longAgo(1), graph: "other" }));
      await acme.create(sampleStart("2", { dueAt: longAgo(2), version: "2" }));
      await acme.create(sampleStart("0", { dueAt: LONG_AGO }));
      const graphs = [
        { name: "sales", versions: ["1", "2"] },
        { name: "other", versions: ["1"] },
      ];
      expect(await claimIds(storage.queue, { limit: 0, graphs })).toEqual([]);
      const claims = await storage.queue.claim(sampleWant({ limit: 2, graphs }));
      expect(claims.map(({ tenant, id }) => [tenant, id])).toEqual([
        ["acme", "0"],
        ["other", "1"],
      ]);
      expect(await claimIds(storage.queue, { graphs })).toEqual(["2", "3, waiting", "4", "5, just left"]);
      expect(await claimIds(storage.queue, { graphs })).toEqual([]);
    });

    it("gives only runs of the graphs and versions that are wanted", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      for (const graph of ["a", "b"]) {
        for (const version of ["1", "2"]) {
          await flows.create(sampleStart(`${graph}${version}`, { graph, version }));
        }
      }
      const claimOf = async (...graphs: { name: string; versions: string[] }[]) =>
        [...(await claimIds(storage.queue, { graphs }))].sort();
      expect(await claimOf()).toEqual([]);
      expect(await claimOf({ name: "a", versions: [] }, { name: "c", versions: ["1"] })).toEqual([]);
      expect(await claimOf({ name: "a", versions: ["1"] }, { name: "b", versions: ["2"] })).toEqual([
        "a1",
        "b2",
      ]);
      expect(await claimOf({ name: "b", versions: ["1", "2", "3"] })).toEqual(["b1"]);
      expect(await claimOf({ name: "a", versions: ["2"] }, { name: "a", versions: ["2"] })).toEqual(["a2"]);
    });

    it("never gives a run that has ended", async () => {
      await using storage = await open();
      const { flows } = storage.tenant("acme");
      const error = { code: "graph.node_failed", message: "no" };
      const ends = [
        { status: "completed", output: null },
        { status: "failed", error },
        { status: "cancelled" },
      ] as const;
      for (const rest of ends) {
        const claim = await begin({ flows, queue: storage.queue }, rest.status, { leaseMs: 0 });
        await flows.commit({ ...fenceOf(claim), rest });
        const record = await flows.get(rest.status);
        expect(record).toMatchObject({ ...rest, fence: 1, awaiting: [] });
        expect("dueAt" in (record ?? {}) || "owner" in (record ?? {})).toBe(false);
      }
      expect(await claimIds(storage.queue)).toEqual([]);
    });

    it("refuses a lease, a limit and an owner that are none", async () => {
      await using storage = await open();
      await storage.tenant("acme").flows.create(sampleStart("1"));
      const unsound = [
        ["want.owner", { owner: "" }],
        ["want.leaseMs", { leaseMs: -1 }],
        ["want.leaseMs", { leaseMs: 0.5 }],
        ["want.leaseMs", { leaseMs: 86_400_001 }],
        ["want.limit", { limit: Number.NaN }],
        ["want.limit", { limit: -1 }],
      ] as const;
      for (const [field, changes] of unsound) {
        await expect(storage.queue.claim(sampleWant(changes))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "queue", field },
        });
      }
      expect(await claimIds(storage.queue)).toEqual(["1"]);
    });
  });

  describe("flow-queue/1, leases", () => {
    it("prolongs the leases of claims that still hold, and never shortens one", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const other = { flows: storage.tenant("other").flows, queue: storage.queue };
      const claims = [await begin(acme, "1", { leaseMs: 0 })];
      expect(await storage.queue.renew(claims, LONG_LEASE_MS)).toEqual([]);
      claims.push(await begin(other, "1", { leaseMs: 0 }));
      expect(await storage.queue.renew(claims, LONG_LEASE_MS)).toEqual([]);
      expect(await storage.queue.renew(claims, 0)).toEqual([]);
      expect(await storage.queue.renew([], LONG_LEASE_MS)).toEqual([]);
      expect(await claimIds(storage.queue)).toEqual([]);
      expect(await acme.flows.get("1")).toMatchObject({ status: "running", fence: 1, owner: "worker" });
    });

    it("tells which claims are lost to somebody else, and leaves their runs alone", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const old = await begin(acme, "1", { leaseMs: 0 });
      const taken = await claimOne(storage.queue, { owner: "other", leaseMs: 0 });
      const claims = [old, { ...old, id: "unknown" }, { ...taken, tenant: "other" }];
      const lost = await storage.queue.renew(claims, LONG_LEASE_MS);
      expect(lost).toHaveLength(3);
      for (const claim of claims) {
        expect(lost.find(({ id, tenant }) => id === claim.id && tenant === claim.tenant)).toEqual({
          ...claim,
          reason: "fenced",
        });
      }
      expect(await claimOne(storage.queue)).toMatchObject({ id: "1", fence: 3 });
    });

    it("tells that claims of runs at rest and of ended runs are lost, and changes neither", async () => {
      await using storage = await open();
      const acme = { flows: storage.tenant("acme").flows, queue: storage.queue };
      const waiting = await beginWaiting(acme, "waiting", ["answer"]);
      const paused = await begin(acme, "paused");
      await acme.flows.commit({ ...fenceOf(paused), rest: { status: "pending", dueAt: FAR_AHEAD } });
      const ended = await begin(acme, "ended");
      await acme.flows.commit({ ...fenceOf(ended), rest: { status: "completed", output: 1 } });
      const claims = [waiting, paused, ended];
      const before = (await acme.flows.list()).items;
      const lost = await storage.queue.renew(claims, LONG_LEASE_MS);
      expect([...lost].map(({ id, reason }) => `${id} ${reason}`).sort()).toEqual([
        "ended fenced",
        "paused fenced",
        "waiting fenced",
      ]);
      expect((await acme.flows.list()).items).toEqual(before);
    });

    it("refuses a lease that is none", async () => {
      await using storage = await open();
      for (const leaseMs of [-1, 86_400_001, Number.NaN]) {
        await expect(storage.queue.renew([], leaseMs)).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "queue", field: "leaseMs" },
        });
      }
    });
  });
}
