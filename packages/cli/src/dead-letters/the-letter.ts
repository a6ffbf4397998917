import type { TenantSync } from "@salesagent/core/crm";
import type { DeadLetter } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";
import { theOne } from "../sync/the-one.js";

/** A dead letter by its id, or by the beginning or the end of one that is open. @throws UsageError when there is none. */
export async function theLetter(
  { deadLetters }: Pick<TenantSync, "deadLetters">,
  operands: readonly string[],
  signal: AbortSignal,
): Promise<DeadLetter> {
  const id = theOne(operands, "dead letter", "salesagent dlq list");
  const found = await deadLetters.get(id, { signal });
  if (found) return found;
  const { items } = await deadLetters.list({ status: "open" }, { limit: 1_000 }, { signal });
  const near = items.filter((one) => id.length >= 4 && (one.id.startsWith(id) || one.id.endsWith(id)));
  const [only, ...others] = near;
  if (only && others.length === 0) return only;
  throw new UsageError(
    only
      ? `Several dead letters fit "${id}": give more of its id.`
      : `There is no dead letter ${id} of this tenant. \`salesagent dlq list\` shows those that are open.`,
  );
}
