import type { BreakerStore } from "@salesagent/ports";
import { toInstant, toNormalBreaker, toNormalId, toStorable } from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

export function createMemoryBreakerStore({ rows, clock, admit }: StoreContext): BreakerStore {
  const { breakers, probes } = rows;
  return {
    port: "breaker-store/1",
    async put(record, call) {
      admit("breakers", call);
      const stored = toNormalBreaker(record);
      const before = breakers.get(stored.name);
      if (before === undefined || before.changedAt <= stored.changedAt) breakers.set(stored.name, stored);
    },
    async list(names, call) {
      admit("breakers", call);
      return toStorable("breakers", "names", names).flatMap((name) => breakers.get(name) ?? []);
    },
    async claimProbe(name, owner, until, call) {
      admit("breakers", call);
      const key = toNormalId("breakers", "name", name);
      const probe = {
        owner: toNormalId("breakers", "owner", owner),
        until: toInstant("breakers", "until", until),
      };
      const before = probes.get(key);
      if (before !== undefined && before.owner !== owner && before.until > now(clock)) return false;
      probes.set(key, Object.freeze(probe));
      return true;
    },
    async releaseProbe(name, owner, call) {
      admit("breakers", call);
      const key = toStorable("breakers", "name", name);
      if (probes.get(key)?.owner === toStorable("breakers", "owner", owner)) probes.delete(key);
    },
  };
}
