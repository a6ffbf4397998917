import type { CrmKind, CrmLookup, CrmLookupSupport } from "@salesagent/ports";
import type { DoubleRow } from "./double-row.js";
import type { DoubleTable } from "./double-table.js";

/** Rows that match by all the keys asked for. An index that lags behind leaves out those whose keys are younger. */
export function findRows<Kind extends CrmKind>(
  table: DoubleTable<Kind>,
  keys: readonly CrmLookupSupport[],
  what: CrmLookup<Kind>,
  nowMs: number,
): readonly DoubleRow<Kind>[] {
  const found = keys.map(({ by, consistency, lagMs = 0 }) =>
    table.index
      .find(by, what[by] ?? "")
      .filter(({ keysAtMs }) => consistency === "strong" || keysAtMs + lagMs <= nowMs),
  );
  const [first = [], ...others] = found;
  return first.filter((row) => others.every((rows) => rows.includes(row)));
}
