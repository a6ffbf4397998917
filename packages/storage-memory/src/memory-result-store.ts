import type { ResultStore } from "@salesagent/ports";
import { toNormalPage, toNormalResult, toStorable } from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

export function createMemoryResultStore({ rows, admit }: StoreContext): ResultStore {
  return {
    port: "result-store/1",
    async addMany(results, call) {
      admit("results", call);
      for (const result of results.map((result, index) => toNormalResult(`results[${index}]`, result))) {
        if (rows.results.get(result.id) !== undefined) continue;
        rows.results.insert(result.id, Date.parse(result.createdAt), result);
      }
    },
    async latest(leadId, kind, call) {
      admit("results", call);
      const scan = { page: toNormalPage("results", { limit: 1 }), descending: true };
      const wanted = toStorable("results", "leadId", leadId);
      return rows.results.page({ ...scan, where: (result) => result.kind === kind }, wanted).items[0];
    },
    async list(filter = {}, page, call) {
      admit("results", call);
      const { leadId, kind } = toStorable("results", "filter", filter);
      const scan = { page: toNormalPage("results", page), descending: true };
      return rows.results.page(
        { ...scan, where: (result) => kind === undefined || result.kind === kind },
        leadId,
      );
    },
  };
}
