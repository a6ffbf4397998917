import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";
import { RecentMap } from "./recent-map.js";

const entry = (key: string) => ({
  ...{ key, value: key, createdAt: "2001-01-01T00:00:00.000Z" },
  expiresAt: "2999-01-01T00:00:00.000Z",
});

describe("cached answers in memory", () => {
  it("make room for new ones: the one that was used longest ago goes", async () => {
    const { cache } = memoryStorage({ maxCacheEntries: 3 }).tenant("acme");
    for (const key of ["a", "b", "c"]) await cache.put(entry(key));
    await cache.get("a");
    await cache.put(entry("b"));
    await cache.put(entry("d"));
    const kept = await Promise.all(["a", "b", "c", "d"].map((key) => cache.get(key)));
    expect(kept.map((found) => found?.key)).toEqual(["a", "b", undefined, "d"]);
  });

  it("stay within their number in each tenant, and after transactions", async () => {
    const storage = memoryStorage({ maxCacheEntries: 2 });
    const [acme, other] = [storage.tenant("acme"), storage.tenant("other")];
    await other.cache.put(entry("a"));
    await acme.transaction(async ({ cache }) => {
      for (const key of ["a", "b", "c"]) await cache.put(entry(key));
    });
    const kept = await Promise.all(["a", "b", "c"].map((key) => acme.cache.get(key)));
    expect(kept.map((found) => found?.key)).toEqual([undefined, "b", "c"]);
    expect((await other.cache.get("a"))?.key).toBe("a");
  });

  it("are refused a number of places that isn't one", () => {
    for (const maxCacheEntries of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => memoryStorage({ maxCacheEntries })).toThrow(/maxCacheEntries must be a whole number/);
    }
  });

  it("go in the order of their last use, whatever is put, read and removed", () => {
    const key = fc.nat(9).map(String);
    const deed = fc.record({ kind: fc.constantFrom("set", "set", "set", "get", "delete"), key });
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 100 }), (deeds) => {
        const map = new RecentMap<string>(4);
        let plain: readonly string[] = [];
        for (const { kind, key: used } of deeds) {
          const others = plain.filter((one) => one !== used);
          if (kind === "set") map.set(used, used);
          else if (kind === "get") expect(map.get(used)).toBe(plain.includes(used) ? used : undefined);
          else map.delete(used);
          if (kind === "delete") plain = others;
          else if (kind === "set" || plain.includes(used)) plain = [...others, used].slice(-4);
          expect([...map.keys()]).toEqual(plain);
        }
      }),
    );
  });
});
