import type { TenantSync } from "@salesagent/core/crm";
import type { ConflictRecord } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";
import { theOne } from "../sync/the-one.js";

/** A conflict by its id, or by the beginning or the end of one that is open. @throws UsageError when there is none. */
export async function theConflict(
  { conflicts }: Pick<TenantSync, "conflicts">,
  operands: readonly string[],
  signal: AbortSignal,
): Promise<ConflictRecord> {
  const id = theOne(operands, "conflict", "salesagent conflicts list");
  const found = await conflicts.get(id, { signal });
  if (found) return found;
  const { items } = await conflicts.list({ status: "open" }, { limit: 1_000 }, { signal });
  const near = items.filter((one) => id.length >= 4 && (one.id.startsWith(id) || one.id.endsWith(id)));
  const [only, ...others] = near;
  if (only && others.length === 0) return only;
  throw new UsageError(
    only
      ? `Several conflicts fit "${id}": give more of its id.`
      : `There is no conflict ${id} of this tenant. \`salesagent conflicts list\` shows those that are open.`,
  );
}
