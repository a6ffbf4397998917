import type { LeaseStore } from "@salesagent/ports";
import { checkLeaseCall } from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

/** Who has a right, or had it last: the number goes on from there. */
export interface Lease {
  readonly owner: string;
  readonly untilMs: number;
  readonly fence: number;
}

export function createMemoryLeaseStore({ rows, clock, admit }: StoreContext): LeaseStore {
  const { leases } = rows;
  return {
    port: "lease-store/1",
    async acquire(name, owner, leaseMs, call) {
      admit("leases", call);
      checkLeaseCall(name, owner, leaseMs);
      const nowMs = clock.now();
      const before = leases.get(name) ?? { owner: "", untilMs: 0, fence: 0 };
      const isOwn = before.owner === owner;
      if (!isOwn && before.untilMs > nowMs) return undefined;
      const fence = isOwn ? before.fence : before.fence + 1;
      leases.set(name, Object.freeze({ owner, untilMs: nowMs + leaseMs, fence }));
      return fence;
    },
    async renew(name, owner, leaseMs, call) {
      admit("leases", call);
      checkLeaseCall(name, owner, leaseMs);
      const nowMs = clock.now();
      const before = leases.get(name);
      if (before?.owner !== owner || before.untilMs <= nowMs) return false;
      leases.set(name, Object.freeze({ ...before, untilMs: nowMs + leaseMs }));
      return true;
    },
    async release(name, owner, call) {
      admit("leases", call);
      checkLeaseCall(name, owner);
      const before = leases.get(name);
      if (before?.owner === owner) leases.set(name, Object.freeze({ ...before, owner: "", untilMs: 0 }));
    },
  };
}
