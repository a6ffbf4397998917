import { type EffectRecord, type JsonValue, untilAborted } from "@salesagent/ports";
import { type HeldClaim, newOwner, toIso } from "./claim-effect.js";
import { inProgress, storedFailure, unknownOutcome } from "./effect-errors.js";
import { askLookup, type EffectWork, leaseOf, named, toKept } from "./effect-work.js";
import { settleEffect } from "./settle-effect.js";
import { standingResult } from "./standing-result.js";

/** What became of an effect. */
export type Reconciled =
  | { readonly happened: true; readonly result: JsonValue }
  | { readonly happened: false };

const DID_NOT_HAPPEN = { code: "effect.unknown", message: "It was looked up: it did not happen." };

/**
 * Takes an effect of unknown outcome in hand and looks it up.
 *
 * @returns Nothing when somebody else has found that it failed: it may be claimed again.
 * @throws `effect.in_progress` while somebody else looks it up, `effect.unknown` when nobody can tell.
 */
export async function takeInHand<Input, Result>(
  work: EffectWork<Input, Result>,
): Promise<Reconciled | undefined> {
  const { context, tenant, key, effect, signal } = work;
  if (!effect.lookup) throw unknownOutcome(named(work), "whoever did it died in between");
  const owner = newOwner(work);
  const untilMs = context.clock.now() + context.leaseMs;
  const { effects } = context.storage.tenant(tenant);
  const claim = await effects.reconcile(key, owner, toIso(untilMs), { signal });
  if (!claim) throw unknownOutcome(named(work), "its record is gone");
  if (claim.granted) return reconcileEffect(work, { ...claim, owner, untilMs }, undefined);
  const { status, result, leaseUntil } = claim.record;
  if (status === "done") return { happened: true, result: result ?? null };
  if (status === "failed") return undefined;
  if (leaseUntil !== undefined) throw inProgress(claim.record);
  throw unknownOutcome(named(work), "it could not be taken in hand");
}

/**
 * Looks up what became of an effect that this owner holds, and puts it on record.
 *
 * @param cause - What acting failed with, where that was just now.
 * @throws `effect.unknown` when the lookup can't tell, the caller's own reason when it leaves.
 */
export async function reconcileEffect<Input, Result>(
  work: EffectWork<Input, Result>,
  claim: HeldClaim,
  cause: unknown,
): Promise<Reconciled> {
  const found = await lookUp(work, claim, claim.record);
  if (found.answer?.happened === true) {
    const result = toKept(found.answer.result);
    const taken = await settleEffect(work, claim.owner, { status: "done", result }, "looked-up");
    return { happened: true, result: taken ? result : await standingResult(work) };
  }
  if (found.answer?.happened === false) {
    const taken = await settleEffect(
      work,
      claim.owner,
      { status: "failed", error: cause === undefined ? DID_NOT_HAPPEN : storedFailure(cause) },
      "looked-up",
    );
    if (taken) return { happened: false };
    return { happened: true, result: await standingResult(work) };
  }
  const why = work.effect.lookup ? "its lookup could not tell" : "it failed while acting, and has no lookup";
  const failure = unknownOutcome(named(work), why, found.error ?? cause);
  await settleEffect(work, claim.owner, { status: "unknown", error: storedFailure(failure) }, "looked-up");
  work.signal?.throwIfAborted();
  throw failure;
}

interface Found {
  readonly answer?: { readonly happened?: boolean; readonly result?: unknown };
  readonly error?: unknown;
}

async function lookUp<Input, Result>(
  work: EffectWork<Input, Result>,
  claim: HeldClaim,
  record: EffectRecord,
): Promise<Found> {
  using lease = leaseOf(work, claim);
  try {
    return { answer: await untilAborted(askLookup(work, record, lease.signal), lease.signal) };
  } catch (error) {
    return { error };
  }
}
