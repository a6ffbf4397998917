import type { JsonValue } from "@salesagent/ports";
import { FAR_AHEAD, LONG_AGO, sampleEntry } from "./sample-shared-state.js";
import type { StorageSuite } from "./storage-suite.js";

/** Values that a sloppy store changes. */
export const awkwardValues: readonly JsonValue[] = [
  null,
  false,
  0,
  "",
  "null",
  [],
  {},
  [1, "two", null, [{ deep: [] }]],
  { 'quo"te\\ 🐟 \u0001': "naïve\r\n\ufeff", empty: {}, list: [null] },
  [0.1, 1e-7, 1.7976931348623157e308, 5e-324, Number.MAX_SAFE_INTEGER, 1e21, 123456789.12345679],
];

/** Answers that are kept for a while. */
export function cacheStoreConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("cache-store/1", () => {
    it("gives back an entry as it was put, whatever JSON it holds", async () => {
      await using storage = await open();
      const { cache } = storage.tenant("acme");
      for (const [index, value] of awkwardValues.entries()) {
        await cache.put(sampleEntry(`${index}`, { value, expiresAt: "2999-01-01T00:00:00Z" }));
        expect(await cache.get(`${index}`)).toEqual(sampleEntry(`${index}`, { value, expiresAt: FAR_AHEAD }));
      }
      expect(await cache.get("another")).toBe(undefined);
    });

    it("replaces an entry whole when it is put again", async () => {
      await using storage = await open();
      const { cache } = storage.tenant("acme");
      await cache.put(sampleEntry("a", { value: { old: 1 } }));
      const fresh = sampleEntry("a", { value: { new: 2 }, createdAt: "2026-05-01T09:00:00.000Z" });
      await cache.put(fresh);
      expect(await cache.get("a")).toEqual(fresh);
    });

    it("does not find an entry that is over", async () => {
      await using storage = await open();
      const { cache } = storage.tenant("acme");
      await cache.put(sampleEntry("a"));
      await cache.put(sampleEntry("a", { expiresAt: LONG_AGO }));
      expect(await cache.get("a")).toBe(undefined);
      await cache.put(sampleEntry("a"));
      expect(await cache.get("a")).toEqual(sampleEntry("a"));
    });

    it("drops what is over, and tells how many", async () => {
      await using storage = await open();
      const { cache } = storage.tenant("acme");
      await cache.put(sampleEntry("kept"));
      for (const key of ["1", "2"]) await cache.put(sampleEntry(key, { expiresAt: LONG_AGO }));
      expect(await cache.prune()).toBe(2);
      expect(await cache.prune()).toBe(0);
      expect(await cache.get("kept")).toEqual(sampleEntry("kept"));
    });

    it("removes entries by key, and passes over keys that are not there", async () => {
      await using storage = await open();
      const { cache } = storage.tenant("acme");
      for (const key of ["a", "b", "c"]) await cache.put(sampleEntry(key));
      await cache.remove(["a", "unknown", "c"]);
      await cache.remove([]);
      expect(await cache.get("a")).toBe(undefined);
      expect(await cache.get("b")).toEqual(sampleEntry("b"));
      expect(await cache.get("c")).toBe(undefined);
    });

    it("refuses what is not an entry, naming the field, and keeps what stood there", async () => {
      await using storage = await open();
      const { cache } = storage.tenant("acme");
      await cache.put(sampleEntry("a"));
      const unsound = [
        ["entry.key", { key: "" }],
        ["entry.key", { key: "x".repeat(401) }],
        ["entry.value.score", { value: { score: Number.NaN } }],
        ["entry.createdAt", { createdAt: "2026-05-01" }],
        ["entry.expiresAt", { expiresAt: "tomorrow" }],
      ] as const;
      for (const [field, changes] of unsound) {
        await expect(cache.put(sampleEntry("a", changes))).rejects.toMatchObject({
          code: "store.invalid",
          facts: { field },
        });
      }
      expect(await cache.get("a")).toEqual(sampleEntry("a"));
    });

    it("stands one entry, whole, when many put the same key at once", async () => {
      await using storage = await open();
      const { cache } = storage.tenant("acme");
      const values = Array.from({ length: 20 }, (_, index) => ({ index, text: `${index}` }));
      await Promise.all(values.map((value) => cache.put(sampleEntry("a", { value }))));
      const kept = JSON.stringify((await cache.get("a"))?.value);
      expect(
        values.some(
          ({ index, text }) =>
            kept === JSON.stringify({ index, text }) || kept === JSON.stringify({ text, index }),
        ),
      ).toBe(true);
    });
  });
}
