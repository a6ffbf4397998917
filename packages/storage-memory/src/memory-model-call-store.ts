import type { ModelCallStore } from "@salesagent/ports";
import { toNormalModelCall, toNormalPage, toStorable } from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

export function createMemoryModelCallStore({ rows, admit }: StoreContext): ModelCallStore {
  return {
    port: "model-call-store/1",
    async addMany(calls, call) {
      admit("modelCalls", call);
      for (const record of calls.map((record, index) => toNormalModelCall(`calls[${index}]`, record))) {
        if (rows.modelCalls.get(record.id) !== undefined) continue;
        rows.modelCalls.insert(record.id, Date.parse(record.startedAt), record);
      }
    },
    async list(filter = {}, page, call) {
      admit("modelCalls", call);
      const { runId } = toStorable("modelCalls", "filter", filter);
      return rows.modelCalls.page({ page: toNormalPage("modelCalls", page) }, runId);
    },
  };
}
