import type { VectorStore } from "@salesagent/ports";
import {
  checkVector,
  toNormalId,
  toNormalItems,
  toNormalNearest,
  toStorable,
} from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

export function createMemoryVectorStore({ rows, clock, admit }: StoreContext): VectorStore {
  return {
    port: "vector-store/1",
    async putMany(collection, items, call) {
      admit("vectors", call);
      const name = toNormalId("vectors", "collection", collection);
      const instant = now(clock);
      for (const item of toNormalItems(items, rows.vectors.lengthOf(name))) {
        rows.vectors.put(name, item, instant);
      }
    },
    async nearest(collection, vector, options, call) {
      admit("vectors", call);
      const wanted = toNormalNearest(options);
      const name = toStorable("vectors", "collection", collection);
      checkVector("vector", vector, rows.vectors.lengthOf(name));
      return rows.vectors.nearest(name, vector, { ...wanted, now: now(clock) });
    },
    async remove(collection, ids, call) {
      admit("vectors", call);
      const name = toStorable("vectors", "collection", collection);
      for (const id of toStorable("vectors", "ids", ids)) rows.vectors.remove(name, id);
    },
  };
}
