import type { BreakerRecord } from "@salesagent/ports";
import { at } from "./sample-records.js";
import { FAR_AHEAD, LONG_AGO, sampleBreaker } from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";

const openBreaker: Required<BreakerRecord> = {
  name: "cerebras/gpt-oss-120b 🐟",
  state: "open",
  errorCode: "model.overloaded",
  retryAt: FAR_AHEAD,
  changedAt: at(1),
};

/** Circuit breakers that several processes share. */
export function breakerStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("breaker-store/1", () => {
    it("gives back records in the order of the names, and leaves out those that are not stored", async () => {
      await using storage = await open();
      const { breakers } = storage.tenant("acme");
      await breakers.put(sampleBreaker("b"));
      await breakers.put(openBreaker);
      const listed = await breakers.list([openBreaker.name, "unknown", "b"]);
      expect(listed).toEqual([openBreaker, sampleBreaker("b")]);
      expect(Object.keys(listed[1] ?? {}).sort()).toEqual(["changedAt", "name", "state"]);
      expect(await breakers.list([])).toEqual([]);
    });

    it("keeps the record that changed last, whichever was put last", async () => {
      await using storage = await open();
      const { breakers } = storage.tenant("acme");
      await breakers.put(sampleBreaker("a", { state: "open", retryAt: FAR_AHEAD, changedAt: at(5) }));
      await breakers.put(sampleBreaker("a", { state: "closed", changedAt: at(4) }));
      expect((await breakers.list(["a"])).map(({ state }) => state)).toEqual(["open"]);
      await breakers.put(sampleBreaker("a", { state: "half-open", changedAt: at(6) }));
      expect(await breakers.list(["a"])).toEqual([
        sampleBreaker("a", { state: "half-open", changedAt: at(6) }),
      ]);
    });

    it("replaces a record that changed at the same instant, whole", async () => {
      await using storage = await open();
      const { breakers } = storage.tenant("acme");
      await breakers.put({ ...openBreaker, name: "a" });
      await breakers.put(sampleBreaker("a", { changedAt: openBreaker.changedAt }));
      expect(await breakers.list(["a"])).toEqual([sampleBreaker("a", { changedAt: openBreaker.changedAt })]);
    });

    it("keeps the record that changed last when many put at once", async () => {
      await using storage = await open();
      const { breakers } = storage.tenant("acme");
      const seconds = Array.from({ length: 30 }, (_, index) => (index * 7) % 30);
      await Promise.all(
        seconds.map((second) =>
          breakers.put(sampleBreaker("a", { errorCode: `code-${second}`, changedAt: at(second) })),
        ),
      );
      expect((await breakers.list(["a"])).map(({ errorCode }) => errorCode)).toEqual(["code-29"]);
    });

    it("refuses what is not a record, naming the field", async () => {
      await using storage = await open();
      const { breakers } = storage.tenant("acme");
      const unsound = [
        ["record.name", { name: "" }],
        ["record.name", { name: "x".repeat(401) }],
        ["record.state", { state: "ajar" as "open" }],
        ["record.retryAt", { retryAt: "soon" }],
        ["record.changedAt", { changedAt: "2026-05-01" }],
      ] as const;
      for (const [field, changes] of unsound) {
        await expect(breakers.put(sampleBreaker("a", changes))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field },
        });
      }
      expect(await breakers.list(["a"])).toEqual([]);
    });
  });

  describe("breaker-store/1, probes", () => {
    it("gives the right to probe to one of 50 who claim it at once", async () => {
      await using storage = await open();
      const { breakers } = storage.tenant("acme");
      const claimed = await Promise.all(
        Array.from({ length: 50 }, (_, index) => breakers.claimProbe("a", `process-${index}`, FAR_AHEAD)),
      );
      expect(claimed.filter(Boolean).length).toBe(1);
    });

    it("gives the right to its owner again, and one for each name", async () => {
      await using storage = await open();
      const { breakers } = storage.tenant("acme");
      expect(await breakers.claimProbe("a", "me", FAR_AHEAD)).toBe(true);
      expect(await breakers.claimProbe("a", "me", FAR_AHEAD)).toBe(true);
      expect(await breakers.claimProbe("a", "you", FAR_AHEAD)).toBe(false);
      expect(await breakers.claimProbe("b", "you", FAR_AHEAD)).toBe(true);
    });

    it("gives the right away once it is over", async () => {
      await using storage = await open();
      const { breakers } = storage.tenant("acme");
      expect(await breakers.claimProbe("a", "dead", LONG_AGO)).toBe(true);
      expect(await breakers.claimProbe("a", "me", FAR_AHEAD)).toBe(true);
      expect(await breakers.claimProbe("a", "dead", FAR_AHEAD)).toBe(false);
    });

    it("takes the right back from its owner alone", async () => {
      await using storage = await open();
      const { breakers } = storage.tenant("acme");
      await breakers.claimProbe("a", "me", FAR_AHEAD);
      await breakers.releaseProbe("a", "you");
      await breakers.releaseProbe("unknown", "me");
      expect(await breakers.claimProbe("a", "you", FAR_AHEAD)).toBe(false);
      await breakers.releaseProbe("a", "me");
      expect(await breakers.claimProbe("a", "you", FAR_AHEAD)).toBe(true);
    });

    it("keeps rights and records apart", async () => {
      await using storage = await open();
      const { breakers } = storage.tenant("acme");
      await breakers.claimProbe("a", "me", FAR_AHEAD);
      expect(await breakers.list(["a"])).toEqual([]);
      await breakers.put(sampleBreaker("a"));
      expect(await breakers.claimProbe("a", "you", FAR_AHEAD)).toBe(false);
      expect(await breakers.list(["a"])).toEqual([sampleBreaker("a")]);
    });

    it("refuses an end that isn't an instant, and an owner without a name", async () => {
      await using storage = await open();
      const { breakers } = storage.tenant("acme");
      await expect(breakers.claimProbe("a", "me", "later")).rejects.toMatchObject({
        code: "store.invalid",
        facts: { field: "until" },
      });
      await expect(breakers.claimProbe("a", "", FAR_AHEAD)).rejects.toMatchObject({
        code: "store.invalid",
        facts: { field: "owner" },
      });
      expect(await breakers.claimProbe("a", "you", FAR_AHEAD)).toBe(true);
    });
  });
}
