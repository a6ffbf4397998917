import type { CacheEntry, CacheStore, VectorItem, VectorStore } from "@salesagent/ports";

/** The part of a storage that caches use, in plain maps; keeps what is over, so that tests see who leaves it out. */
export interface DoubleStorage {
  tenant(id: string): { readonly cache: CacheStore; readonly vectors: VectorStore };
  /** All entries, by tenant. */
  readonly entries: Map<string, Map<string, CacheEntry>>;
  /** How often entries were looked for. */
  gets: number;
}

export function doubleStorage(): DoubleStorage {
  const collections = new Map<string, Map<string, VectorItem>>();
  const storage: DoubleStorage = {
    entries: new Map(),
    gets: 0,
    tenant(id) {
      const entries = of(storage.entries, id);
      return {
        cache: {
          port: "cache-store/1",
          async get(key) {
            storage.gets++;
            return entries.get(key);
          },
          async put(entry) {
            entries.set(entry.key, entry);
          },
          async remove(keys) {
            for (const key of keys) entries.delete(key);
          },
          prune: async () => 0,
        },
        vectors: {
          port: "vector-store/1",
          async putMany(collection, items) {
            const kept = of(collections, JSON.stringify([id, collection]));
            for (const item of items) kept.set(item.id, item);
          },
          async nearest(collection, vector, { limit = 10, minSimilarity = -1 } = {}) {
            return [...of(collections, JSON.stringify([id, collection])).values()]
              .map((item) => ({ ...item, similarity: cosine(item.vector, vector) }))
              .filter(({ similarity }) => similarity >= minSimilarity)
              .sort((left, right) => right.similarity - left.similarity)
              .slice(0, limit);
          },
          async remove(collection, ids) {
            for (const itemId of ids) of(collections, JSON.stringify([id, collection])).delete(itemId);
          },
        },
      };
    },
  };
  return storage;
}

function of<Value>(maps: Map<string, Map<string, Value>>, name: string): Map<string, Value> {
  let map = maps.get(name);
  if (!map) {
    map = new Map();
    maps.set(name, map);
  }
  return map;
}

function cosine(left: Float32Array, right: Float32Array): number {
  const dot = (one: Float32Array, other: Float32Array) =>
    one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
  return dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right));
}
