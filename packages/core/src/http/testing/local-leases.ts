import type { Clock, LeaseStore } from "@salesagent/ports";

/** Leases of one process, for tests of several owners. */
export function localLeases(clock: Clock): LeaseStore {
  const leases = new Map<string, { owner: string; untilMs: number; number: number }>();
  const isHeldBy = (name: string, owner: string) => {
    const lease = leases.get(name);
    return lease !== undefined && lease.owner === owner && lease.untilMs > clock.now();
  };
  return {
    port: "lease-store/1",
    async acquire(name, owner, leaseMs) {
      const lease = leases.get(name);
      if (lease && lease.owner !== owner && lease.untilMs > clock.now()) return undefined;
      const number = (lease?.number ?? 0) + 1;
      leases.set(name, { owner, untilMs: clock.now() + leaseMs, number });
      return number;
    },
    async renew(name, owner, leaseMs) {
      const lease = leases.get(name);
      if (!lease || !isHeldBy(name, owner)) return false;
      leases.set(name, { ...lease, untilMs: clock.now() + leaseMs });
      return true;
    },
    async release(name, owner) {
      const lease = leases.get(name);
      if (lease && isHeldBy(name, owner)) leases.set(name, { ...lease, untilMs: 0 });
    },
  };
}
