import type { CacheStore } from "@salesagent/ports";
import { toNormalEntry, toStorable } from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

export function createMemoryCacheStore({ rows, clock, admit }: StoreContext): CacheStore {
  return {
    port: "cache-store/1",
    async get(key, call) {
      admit("cache", call);
      const entry = rows.cache.get(toStorable("cache", "key", key));
      if (entry === undefined || entry.expiresAt > now(clock)) return entry;
      rows.cache.delete(key);
      return undefined;
    },
    async put(entry, call) {
      admit("cache", call);
      const stored = toNormalEntry(entry);
      rows.cache.set(stored.key, stored);
    },
    async remove(keys, call) {
      admit("cache", call);
      for (const key of toStorable("cache", "keys", keys)) rows.cache.delete(key);
    },
    async prune(call) {
      admit("cache", call);
      const instant = now(clock);
      let count = 0;
      for (const [key, { expiresAt }] of rows.cache.entries()) {
        if (expiresAt > instant) continue;
        rows.cache.delete(key);
        count += 1;
      }
      return count;
    },
  };
}
