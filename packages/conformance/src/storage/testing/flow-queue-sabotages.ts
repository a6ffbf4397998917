import type { FlowClaim, FlowQueue } from "@salesagent/ports";
import { LONG_LEASE_MS } from "../sample-flows.js";
import { Crowd, type FlowSabotage, withQueue } from "./flow-sabotage.js";

type Want = Parameters<FlowQueue["claim"]>[0];

/** Queues that are broken. */
export const flowQueueSabotages: Readonly<Record<string, FlowSabotage>> = {
  "gives a run to two workers who claim at once": {
    create: withQueue(({ claim }) => {
      const crowd = new Crowd();
      let last: readonly FlowClaim[] = [];
      return {
        claim: (want, call) =>
          crowd.run(async (isAlone) => {
            const claims = await claim(want, call);
            if (claims.length > 0) last = claims;
            return claims.length === 0 && !isAlone ? last : claims;
          }),
      };
    }),
    fails: [
      "flow stores, callers that overlap in time > gives each of 100 runs to one of 50 workers who claim at once",
      "flow stores, callers that overlap in time > gives one run to one of 50 workers, again and again, each time under the next fence",
    ],
  },
  "gives the latest due first": {
    create: withQueue(({ claim }) => ({
      claim: async (want, call) => [...(await claim(want, call))].reverse(),
    })),
    fails: [
      "flow-queue/1, claims > gives the earliest due first, of whatever tenant and kind, and as many as are asked for",
    ],
  },
  "gives as many runs as there are": {
    create: withQueue(({ claim }) => ({
      claim: (want, call) => claim(want.limit === 2 ? { ...want, limit: 1000 } : want, call),
    })),
    fails: [
      "flow-queue/1, claims > gives the earliest due first, of whatever tenant and kind, and as many as are asked for",
    ],
  },
  "gives runs of versions that are not wanted": {
    create: withQueue(({ claim }) => ({
      claim: (want: Want, call) =>
        claim(
          { ...want, graphs: want.graphs.map(({ name }) => ({ name, versions: ["1", "2", "2026-11-21"] })) },
          call,
        ),
    })),
    fails: [
      "flow-queue/1, claims > gives only runs of the graphs and versions that are wanted",
      "flow-store/1, versions > pins a run to another version with a checkpoint that holds a snapshot",
      "flow-store/1, versions > gives a run whose worker died after the change to workers of the new version only",
    ],
  },
  "gives a run to its own worker again": {
    create: withQueue(({ claim }) => ({
      claim: (want, call) => claim(want.owner === "me" ? { ...want, leaseMs: 0 } : want, call),
    })),
    fails: [
      "flow-queue/1, claims > gives a run to its worker, in state running, and to nobody else while the lease lasts",
    ],
  },
  "never takes a run from a dead worker": {
    create: withQueue(({ claim }) => ({
      claim: (want, call) => claim(want.leaseMs === 0 ? { ...want, leaseMs: LONG_LEASE_MS } : want, call),
    })),
    fails: [
      "flow-queue/1, claims > gives a run whose lease is over to the next who asks, each time under a higher fence",
      "flow-queue/1, claims > gives the earliest due first, of whatever tenant and kind, and as many as are asked for",
      "flow-queue/1, leases > tells which claims are lost to somebody else, and leaves their runs alone",
      "flow-store/1, progress > gives a claimed run what it goes on from: the last snapshot, what came after it, and steps",
      "flow-store/1, fences > refuses a worker whose run was claimed since, by whomever, and writes nothing",
      "flow-store/1, fences > refuses the last write of a worker whose run was claimed since",
      "flow-store/1, versions > gives a run whose worker died after the change to workers of the new version only",
      "flow-store/1, stops > prolongs the lease of a stopped run for its worker, and lets another end it when that one is gone",
      "flow stores, callers that overlap in time > lets either the worker write or the next one claim, never both under one fence",
    ],
  },
  "prolongs no lease": {
    create: withQueue(({ renew }) => ({
      renew: (claims, leaseMs, call) => renew(claims, leaseMs === LONG_LEASE_MS ? 0 : leaseMs, call),
    })),
    fails: ["flow-queue/1, leases > prolongs the leases of claims that still hold, and never shortens one"],
  },
  "prolongs the lease of whoever holds a run now": {
    create: withQueue(({ renew }, storage) => ({
      renew: async (claims, leaseMs, call) => {
        for (const claim of claims) {
          const record = await storage.tenant(claim.tenant).flows.get(claim.id);
          if (record !== undefined) await renew([{ ...claim, fence: record.fence }], leaseMs, call);
        }
        return renew(claims, leaseMs, call);
      },
    })),
    fails: [
      "flow-queue/1, leases > tells which claims are lost to somebody else, and leaves their runs alone",
    ],
  },
  "does not tell which claims are lost": {
    create: withQueue(({ renew }) => ({
      renew: async (claims, leaseMs, call) =>
        (await renew(claims, leaseMs, call)).filter(({ reason }) => reason === "stopped"),
    })),
    fails: [
      "flow-queue/1, leases > tells which claims are lost to somebody else, and leaves their runs alone",
      "flow-queue/1, leases > tells that claims of runs at rest and of ended runs are lost, and changes neither",
      "flow-store/1, stops > prolongs the lease of a stopped run for its worker, and lets another end it when that one is gone",
    ],
  },
  "sleeps through whatever happens": {
    create: withQueue(({ wait }) => ({
      wait: async (maxMs, call) => {
        if (!(maxMs > 1000)) return wait(maxMs, call);
        await wait(0, call);
        await new Promise<void>((_, reject) => {
          call?.signal?.addEventListener("abort", () => reject(call.signal?.reason));
        });
      },
    })),
    fails: [
      "flow-queue/1, waits > wakes who waits when a run is created",
      "flow-queue/1, waits > wakes who waits when a run is delivered what it waits for",
      "flow-queue/1, waits > wakes who waits when a run is asked to stop",
      "flow-queue/1, waits > wakes who waits when a run is put back",
      "flow-queue/1, waits > rejects with the caller's reason as soon as he aborts",
      "flow-queue/1, waits > ends every wait when the storage is closed",
      "transactions over flows, effects and approvals > wakes who waits once a transaction stands that made a run due",
    ],
  },
  "does not hear that a wait was aborted": {
    create: withQueue(({ wait }) => ({
      wait: async (maxMs, call) => {
        call?.signal?.throwIfAborted();
        await wait(maxMs);
      },
    })),
    fails: ["flow-queue/1, waits > rejects with the caller's reason as soon as he aborts"],
  },
};
