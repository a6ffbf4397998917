import type { UsageRow, UsageStore } from "@salesagent/ports";
import { addUsage, checkDay, compareUsage, toUsageSums } from "@salesagent/ports/store-rules";
import type { StoreContext } from "./store-context.js";

export function createMemoryUsageStore({ rows, admit }: StoreContext): UsageStore {
  const add = (id: string, row: UsageRow): void => {
    const before = rows.usage.get(id);
    rows.usage.put(id, 0, before === undefined ? row : addUsage(before, row));
  };

  return {
    port: "usage-store/1",
    async addMany(added, call) {
      admit("usage", call);
      for (const [id, row] of toUsageSums(added)) add(id, row);
    },
    async list({ from, until } = {}, call) {
      admit("usage", call);
      if (from !== undefined) checkDay("usage", "range.from", from);
      if (until !== undefined) checkDay("usage", "range.until", until);
      return rows.usage
        .all()
        .filter(({ day }) => (from === undefined || day >= from) && (until === undefined || day <= until))
        .sort(compareUsage);
    },
  };
}
