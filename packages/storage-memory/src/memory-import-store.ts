import type { ImportStore } from "@salesagent/ports";
import { toNormalImport, toStorable } from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

export function createMemoryImportStore({ rows, admit }: StoreContext): ImportStore {
  return {
    port: "import-store/1",
    async get(id, call) {
      admit("imports", call);
      return rows.imports.get(toStorable("imports", "id", id));
    },
    async save(record, call) {
      admit("imports", call);
      const stored = toNormalImport(record);
      rows.imports.put(stored.id, 0, stored);
    },
  };
}
