import type { JsonValue } from "@salesagent/ports";
import { inProgress, unknownOutcome } from "./effect-errors.js";
import { type EffectWork, named } from "./effect-work.js";

/**
 * The result of an effect that somebody else has settled meanwhile.
 *
 * @throws `effect.in_progress` or `effect.unknown` when it is not done.
 */
export async function standingResult<Input, Result>(work: EffectWork<Input, Result>): Promise<JsonValue> {
  const record = await work.context.storage.tenant(work.tenant).effects.get(work.key);
  if (record?.status === "done") return record.result ?? null;
  if (record?.leaseUntil !== undefined) throw inProgress(record);
  throw unknownOutcome(named(work), "somebody else took it in hand meanwhile");
}
