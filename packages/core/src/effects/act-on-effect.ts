import { type JsonValue, type StoredError, untilAborted } from "@salesagent/ports";
import type { HeldClaim } from "./claim-effect.js";
import { claimTooSlow, nothingHappened, storedFailure, unknownOutcome } from "./effect-errors.js";
import { actContext, type EffectWork, leaseOf, named, toKept } from "./effect-work.js";
import { reconcileEffect } from "./reconcile-effect.js";
import { settleEffect } from "./settle-effect.js";
import { standingResult } from "./standing-result.js";

const NOT_BEGUN: StoredError = { code: "aborted", message: "Nothing was begun." };

/**
 * Acts under a claim and puts on record how it ended.
 *
 * @returns The result as it is kept.
 * @throws What `act` threw, when it is sure that nothing happened; the caller's own reason; else `effect.unknown`.
 */
export async function actOnEffect<Input, Result>(
  work: EffectWork<Input, Result>,
  claim: HeldClaim,
): Promise<JsonValue> {
  await refuseLateStart(work, claim);
  const acted = await underLease(work, claim);
  if ("result" in acted) {
    const result = toKept(acted.result);
    const taken = await settleEffect(work, claim.owner, { status: "done", result }, "acted");
    return taken ? result : standingResult(work);
  }
  const { error } = acted;
  if (nothingHappened(error)) {
    await settleEffect(work, claim.owner, { status: "failed", error: storedFailure(error) }, "acted");
    throw error;
  }
  const found = await reconcileEffect(work, claim, error);
  if (found.happened) return found.result;
  throw error;
}

/** Nothing is begun for a caller who has left, or under a lease that is over. */
async function refuseLateStart<Input, Result>(
  work: EffectWork<Input, Result>,
  claim: HeldClaim,
): Promise<void> {
  const { signal, context } = work;
  const late = context.clock.now() >= claim.untilMs;
  if (!late && !signal?.aborted) return;
  await settleEffect(work, claim.owner, { status: "failed", error: NOT_BEGUN }, "acted");
  signal?.throwIfAborted();
  throw claimTooSlow(named(work), context.leaseMs);
}

type Acted<Result> = { readonly result: Result } | { readonly error: unknown };

async function underLease<Input, Result>(
  work: EffectWork<Input, Result>,
  claim: HeldClaim,
): Promise<Acted<Result>> {
  using lease = leaseOf(work, claim);
  const acting = begin(work, lease.signal);
  try {
    return { result: await untilAborted(acting, lease.signal) };
  } catch (error) {
    if (lease.end === undefined) return { error };
    void recordLate(work, claim.owner, acting);
    if (lease.end === "caller") throw error;
    const why = lease.end === "limit" ? "it was not done in time" : "its lease was lost while acting";
    throw unknownOutcome(named(work), why, error);
  }
}

async function begin<Input, Result>(work: EffectWork<Input, Result>, signal: AbortSignal): Promise<Result> {
  return work.effect.act(work.input, actContext(work, signal));
}

/**
 * What was left or stopped may end all the same: it is put on record if nobody has looked it up by then. Its lease is not
 * prolonged any more, and runs out before anybody does.
 */
async function recordLate<Input, Result>(
  work: EffectWork<Input, Result>,
  owner: string,
  acting: Promise<Result>,
): Promise<void> {
  try {
    const result = toKept(await acting);
    await settleEffect(work, owner, { status: "done", result }, "acted");
  } catch (error) {
    if (!nothingHappened(error)) return;
    const outcome = { status: "failed", error: storedFailure(error) } as const;
    // Where the storage is away, the lookup will tell.
    await settleEffect(work, owner, outcome, "acted").catch(() => {});
  }
}
