import type { TenantSync } from "@salesagent/core/crm";
import type { ConflictRecord } from "@salesagent/ports";
import { theOpenOne } from "../sync/the-open-one.js";

/** A conflict by its id, or by the beginning or the end of one that is open. @throws UsageError when there is none. */
export function theConflict(
  { conflicts }: Pick<TenantSync, "conflicts">,
  operands: readonly string[],
  signal: AbortSignal,
): Promise<ConflictRecord> {
  return theOpenOne(operands, {
    ...{ name: "conflict", lister: "salesagent conflicts list" },
    get: (id) => conflicts.get(id, { signal }),
    listOpen: (limit) => conflicts.list({ status: "open" }, { limit }, { signal }),
  });
}
