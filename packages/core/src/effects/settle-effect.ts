import { type JsonValue, type StoredError, wait } from "@salesagent/ports";
import { auditRecord } from "./effect-audit.js";
import { unknownOutcome } from "./effect-errors.js";
import type { EffectStores } from "./effect-storage.js";
import { type EffectWork, named } from "./effect-work.js";

/** How an effect ended. */
export type EffectOutcome =
  | { readonly status: "done"; readonly result: JsonValue }
  | { readonly status: "failed" | "unknown"; readonly error: StoredError };

/** Pauses before the tries after the first: a database that restarts is back by then, or it takes longer than a call may. */
const RETRY_WAITS_MS = [50, 250, 1_000];

/**
 * Puts on record how an effect ended, with its audit record. Not subject to the caller's signal: what happened has happened.
 *
 * @param how - `acted`, or `looked-up` when the outside told it afterwards.
 * @returns False when it was taken from the owner.
 * @throws `effect.unknown` when the storage does not take it.
 */
export async function settleEffect<Input, Result>(
  work: EffectWork<Input, Result>,
  owner: string,
  outcome: EffectOutcome,
  how: "acted" | "looked-up",
): Promise<boolean> {
  let lost: unknown;
  for (const waitMs of [0, ...RETRY_WAITS_MS]) {
    if (waitMs > 0) await wait(work.context.clock, waitMs);
    try {
      return await settleOnce(work, owner, outcome, how);
    } catch (error) {
      lost = error;
    }
  }
  throw unknownOutcome(named(work), "how it ended could not be put on record", lost);
}

function settleOnce<Input, Result>(
  work: EffectWork<Input, Result>,
  owner: string,
  outcome: EffectOutcome,
  how: "acted" | "looked-up",
): Promise<boolean> {
  const { context, tenant, key } = work;
  const settle = async (stores: EffectStores): Promise<boolean> => {
    const taken = await stores.effects.settle(key, owner, outcome);
    if (taken) await stores.audit.addMany([outcomeRecord(work, outcome, how)]);
    return taken;
  };
  return context.storage.tenant(tenant).transaction(settle, { isolation: "read-committed" });
}

function outcomeRecord<Input, Result>(
  work: EffectWork<Input, Result>,
  outcome: EffectOutcome,
  how: "acted" | "looked-up",
) {
  const { context, effect, agent, runId, key, leave } = work;
  return auditRecord(context, {
    actor: `agent:${agent}`,
    action: `effect-${outcome.status}`,
    subject: `effect:${key}`,
    runId,
    facts: {
      effect: effect.name,
      how,
      ...(outcome.status === "done" ? {} : { errorCode: outcome.error.code }),
      ...(leave && { approvalId: leave.approvalId, argumentsHash: leave.hash }),
    },
  });
}
