import { atOnce } from "./flow-suite.js";
import { LONG_LEASE_MS } from "./sample-sync.js";
import type { StorageSuite } from "./storage-suite.js";

/** Rights of one process at a time. */
export function leaseStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("lease-store/1", () => {
    it("gives a lease to one of many who ask at once", async () => {
      await using storage = await open();
      const { leases } = storage.tenant("acme");
      const fences = await atOnce(20, (index) => leases.acquire("token", `worker-${index}`, LONG_LEASE_MS));
      expect(fences.filter((fence) => fence !== undefined).length).toBe(1);
    });

    it("gives it to its owner again, and each name by itself", async () => {
      await using storage = await open();
      const { leases } = storage.tenant("acme");
      const fence = await leases.acquire("token 🐟", "me", LONG_LEASE_MS);
      expect(await leases.acquire("token 🐟", "me", LONG_LEASE_MS)).toBe(fence);
      expect(await leases.acquire("token 🐟", "you", LONG_LEASE_MS)).toBe(undefined);
      expect(typeof (await leases.acquire("other", "you", LONG_LEASE_MS))).toBe("number");
    });

    it("gives it away once it is over or released, under a number that rises with each owner", async () => {
      await using storage = await open();
      const { leases } = storage.tenant("acme");
      const fences = [
        await leases.acquire("token", "dead", 0),
        await leases.acquire("token", "one", 0),
        await leases.acquire("token", "two", LONG_LEASE_MS),
      ];
      await leases.release("token", "two");
      fences.push(await leases.acquire("token", "three", LONG_LEASE_MS));
      const numbers = fences.map((fence) => fence ?? 0);
      expect(numbers).toEqual([...numbers].sort((left, right) => left - right));
      expect(new Set(numbers).size).toBe(4);
      expect(await leases.acquire("token", "dead", LONG_LEASE_MS)).toBe(undefined);
    });

    it("takes it back from its owner alone", async () => {
      await using storage = await open();
      const { leases } = storage.tenant("acme");
      await leases.acquire("token", "me", LONG_LEASE_MS);
      await leases.release("token", "you");
      await leases.release("none", "me");
      expect(await leases.acquire("token", "you", LONG_LEASE_MS)).toBe(undefined);
      await leases.release("token", "me");
      expect(await leases.renew("token", "me", LONG_LEASE_MS)).toBe(false);
      expect(typeof (await leases.acquire("token", "you", LONG_LEASE_MS))).toBe("number");
    });

    it("renews it for its owner while it lasts", async () => {
      await using storage = await open();
      const { leases } = storage.tenant("acme");
      await leases.acquire("token", "me", LONG_LEASE_MS);
      expect(await leases.renew("token", "you", LONG_LEASE_MS)).toBe(false);
      expect(await leases.renew("none", "me", LONG_LEASE_MS)).toBe(false);
      expect(await leases.renew("token", "me", 0)).toBe(true);
      expect(await leases.renew("token", "me", LONG_LEASE_MS)).toBe(false);
      expect(typeof (await leases.acquire("token", "you", LONG_LEASE_MS))).toBe("number");
    });

    it("refuses names and times that make no sense, naming the field", async () => {
      await using storage = await open();
      const { leases } = storage.tenant("acme");
      for (const [field, run] of [
        ["name", () => leases.acquire("", "me", 1)],
        ["name", () => leases.acquire("x".repeat(401), "me", 1)],
        ["owner", () => leases.acquire("token", "", 1)],
        ["leaseMs", () => leases.acquire("token", "me", -1)],
        ["leaseMs", () => leases.acquire("token", "me", 86_400_001)],
        ["leaseMs", () => leases.renew("token", "me", 0.5)],
        ["owner", () => leases.renew("token", "", 1)],
        ["name", () => leases.release("", "me")],
      ] as const) {
        await expect(run()).rejects.toMatchObject({
          code: "store.invalid",
          facts: { store: "leases", field },
        });
      }
      expect(typeof (await leases.acquire("token", "you", 1))).toBe("number");
    });
  });
}
