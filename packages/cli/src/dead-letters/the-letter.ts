import type { TenantSync } from "@salesagent/core/crm";
import type { DeadLetter } from "@salesagent/ports";
import { theOpenOne } from "../sync/the-open-one.js";

/** A dead letter by its id, or by the beginning or the end of one that is open. @throws UsageError when there is none. */
export function theLetter(
  { deadLetters }: Pick<TenantSync, "deadLetters">,
  operands: readonly string[],
  signal: AbortSignal,
): Promise<DeadLetter> {
  return theOpenOne(operands, {
    ...{ name: "dead letter", lister: "salesagent dlq list" },
    get: (id) => deadLetters.get(id, { signal }),
    listOpen: (limit) => deadLetters.list({ status: "open" }, { limit }, { signal }),
  });
}
