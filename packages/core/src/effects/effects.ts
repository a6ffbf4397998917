import {
  type Clock,
  createSortableIds,
  type EffectRecord,
  type JsonValue,
  systemClock,
} from "@salesagent/ports";
import { actOnEffect } from "./act-on-effect.js";
import { auditRefusal, claimEffect, isRefusal } from "./claim-effect.js";
import type { Effect, EffectCall } from "./effect.js";
import { inProgress, unknownOutcome } from "./effect-errors.js";
import type { EffectStorage } from "./effect-storage.js";
import { type EffectWork, named, resolveWork, withLeave } from "./effect-work.js";
import type { Gate } from "./gate.js";
import type { LedgerContext } from "./ledger-context.js";
import { takeInHand } from "./reconcile-effect.js";
import { type EffectFinding, settleByHand } from "./settle-by-hand.js";

export interface EffectsOptions {
  /** Where effects, approvals and the audit trail are kept. */
  readonly storage: EffectStorage;
  /** Asked for every effect, before its own. @defaultValue none */
  readonly gates?: readonly Gate[] | undefined;
  /** This process, for whoever reads the records. @defaultValue a new id */
  readonly owner?: string | undefined;
  /**
   * How long an actor that is not heard of is believed to be at work, in milliseconds; one that lives prolongs its lease. Above
   * 0. @defaultValue 60_000
   */
  readonly leaseMs?: number | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of claims and records. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
}

/** Does things to the outside once. */
export interface Effects {
  /**
   * Does an effect, or gives the result that it had when it was done before: claim, act, settle. Whatever is done again under
   * the same run, step and target is the same effect, in this process or in another one.
   *
   * @returns The result. Where it was done before, or by somebody else, it is what was kept: plain data.
   * @throws `effect.refused` by a gate; `approval.required`, `approval.invalid`; `effect.in_progress` while somebody else does
   * it; what `act` threw where it is sure that nothing happened; `effect.unknown` where it is not known, and then nothing is
   * done again; TypeError when the target is not a text.
   */
  run<Input, Result>(effect: Effect<Input, Result>, call: EffectCall<Input>): Promise<Result>;
  /**
   * Settles an effect of unknown outcome by what a person found out; one that was settled meanwhile stays as it is.
   *
   * @throws `store.not_found`; `effect.in_progress` while somebody does it or looks it up; TypeError when `by` names nobody.
   */
  settle(key: string, finding: EffectFinding): Promise<EffectRecord>;
}

/**
 * Makes a ledger of effects.
 *
 * @throws RangeError when `leaseMs` is not above 0.
 */
export function createEffects({
  storage,
  gates = [],
  clock = systemClock,
  createId = createSortableIds(clock),
  owner = createId(),
  leaseMs = 60_000,
}: EffectsOptions): Effects {
  if (!(Number.isFinite(leaseMs) && leaseMs > 0)) {
    throw new RangeError(`effects.leaseMs must be > 0, got ${leaseMs}`);
  }
  const context: LedgerContext = { storage, gates: [...gates], clock, createId, owner, leaseMs };
  return {
    async run<Input, Result>(effect: Effect<Input, Result>, call: EffectCall<Input>): Promise<Result> {
      call.signal?.throwIfAborted();
      const work = await resolveWork(context, effect, call);
      // What is kept is what the effect's own code returned, as plain data.
      return (await doOnce(work)) as Result;
    },
    settle: (key, finding) => settleByHand(context, key, finding),
  };
}

async function doOnce<Input, Result>(asked: EffectWork<Input, Result>): Promise<JsonValue> {
  const work = await allowed(asked);
  for (let looked = false; ; looked = true) {
    const claim = await claimEffect(work);
    if (claim.granted) return actOnEffect(work, claim);
    if (claim.record.status === "done") return claim.record.result ?? null;
    if (claim.record.status === "claimed") throw inProgress(claim.record);
    if (looked) throw unknownOutcome(named(work), "it became so again while it was looked up");
    const found = await takeInHand(work);
    if (found?.happened) return found.result;
  }
}

/** The work with the leave that it needs; a leave that is not valid is audited. */
async function allowed<Input, Result>(work: EffectWork<Input, Result>): Promise<EffectWork<Input, Result>> {
  try {
    return await withLeave(work);
  } catch (error) {
    if (isRefusal(error)) await auditRefusal(work, error);
    throw error;
  }
}
