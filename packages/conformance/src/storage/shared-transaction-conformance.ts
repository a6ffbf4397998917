import type { TenantStores } from "@salesagent/ports";
import { at } from "./sample-records.js";
import {
  amounts,
  claim,
  FAR_AHEAD,
  LONG_AGO,
  sampleBreaker,
  sampleEntry,
  sampleItem,
  sampleReservation,
} from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";
import { readState } from "./stored-state.js";

/** Something of every kind, for later changes. */
async function prepare({ budgets, cache, breakers, vectors }: TenantStores): Promise<void> {
  await budgets.reserve(sampleReservation("kept"));
  await cache.put(sampleEntry("answer"));
  await breakers.put(sampleBreaker("model"));
  await breakers.claimProbe("model", "me", FAR_AHEAD);
  await vectors.putMany("collection", [sampleItem("item-1", [1, 0]), sampleItem("item-2", [1, 1])]);
}

/** Changes, removes and adds, in each of the stores. */
async function changeAll({ budgets, cache, breakers, vectors }: TenantStores): Promise<void> {
  await budgets.settle("kept", amounts({ tokens: 2 }));
  await budgets.reserve(sampleReservation("new"));
  await cache.remove(["answer"]);
  await breakers.put(sampleBreaker("model", { state: "open", changedAt: at(60) }));
  await breakers.releaseProbe("model", "me");
  await vectors.remove("collection", ["item-1"]);
  await vectors.putMany("collection", [sampleItem("item-2", [0, 1]), sampleItem("item-3", [1, 2])]);
}

/** Transactions over the stores that processes share. */
export function sharedTransactionConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("transactions over budgets, cache, breakers and vectors", () => {
    it("puts back what was changed when the callback throws", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await prepare(acme);
      const before = await readState(acme);
      const pending = acme.transaction(async (stores) => {
        await changeAll(stores);
        throw new RangeError("stop");
      });
      await expect(pending).rejects.toMatchObject({ name: "RangeError" });
      expect(await readState(acme)).toEqual(before);
      expect(await acme.breakers.claimProbe("model", "you", FAR_AHEAD)).toBe(false);
      expect(await acme.budgets.settle("new", amounts({}))).toBe(false);
      expect(await acme.budgets.settle("kept", amounts({}))).toBe(true);
    });

    it("shows a transaction its own changes, and nobody else before it ends", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await prepare(acme);
      const before = await readState(acme);
      const seen = await acme.transaction(async (stores) => {
        await changeAll(stores);
        return { inside: await readState(stores), outside: await readState(acme) };
      });
      expect(seen.outside).toEqual(before);
      expect(seen.inside).toMatchObject({
        budgets: [{ spent: amounts({ tokens: 2 }), held: sampleReservation("new").amounts }],
        answer: undefined,
        breakers: [{ state: "open" }],
        vectors: [{ id: "item-3" }, { id: "item-2" }],
      });
      expect(await readState(acme)).toEqual(seen.inside);
      expect(await acme.breakers.claimProbe("model", "you", FAR_AHEAD)).toBe(true);
    });

    it("drops what is over in a transaction, its own and what stood before, until the callback throws", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const over = (id: string) => sampleReservation(id, { claims: [claim(id)], leaseUntil: LONG_AGO });
      await acme.budgets.reserve(over("before"));
      for (const key of ["1", "2"]) await acme.cache.put(sampleEntry(key, { expiresAt: LONG_AGO }));
      const reason = new Error("stop");
      const pending = acme.transaction(async ({ budgets, cache }) => {
        await cache.put(sampleEntry("1"));
        await cache.put(sampleEntry("3", { expiresAt: LONG_AGO }));
        expect(await cache.prune()).toBe(2);
        expect(await budgets.lapse()).toBe(1);
        await budgets.reserve(over("within"));
        expect(await budgets.lapse()).toBe(1);
        const spent = (await budgets.read(["before", "within"])).map((line) => line.spent.calls);
        expect(spent).toEqual([1, 1]);
        throw reason;
      });
      await expect(pending).rejects.toBe(reason);
      expect(await acme.cache.prune()).toBe(2);
      expect(await acme.budgets.lapse()).toBe(1);
    });

    it("keeps to a limit when transactions draw on it at once", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      const claims = [claim("a", { calls: 3 })];
      const outcomes = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          acme.transaction(({ budgets }) => budgets.reserve(sampleReservation(`${index}`, { claims }))),
        ),
      );
      expect(outcomes.filter(({ granted }) => granted).length).toBe(3);
      expect((await acme.budgets.read(["a"])).map(({ held }) => held.calls)).toEqual([3]);
    });
  });
}
