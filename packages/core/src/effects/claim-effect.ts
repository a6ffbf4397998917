import { type EffectClaim, SalesAgentError } from "@salesagent/ports";
import { auditRecord } from "./effect-audit.js";
import { askGates, type EffectWork } from "./effect-work.js";
import { useLeave } from "./leave.js";

/** A claim, with the name under which it is held. */
export interface HeldClaim extends EffectClaim {
  /** New for each claim: two calls of one process are two actors. */
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
}

/**
 * Claims an effect. Gates are asked, and the approval is used up, in the same transaction: either all of it stands, or nothing.
 *
 * @throws `effect.refused` or `approval.invalid`, both audited; else what the storage or a gate throws. Nothing is claimed then.
 */
export async function claimEffect<Input, Result>(work: EffectWork<Input, Result>): Promise<HeldClaim> {
  const { context, effect, tenant, key, target, kept, runId, leave } = work;
  const owner = newOwner(work);
  const call = { signal: work.signal };
  const storage = context.storage.tenant(tenant);
  try {
    return await storage.transaction(async (stores) => {
      const untilMs = context.clock.now() + context.leaseMs;
      const wanted = { key, effect: effect.name, target, input: kept, runId, owner };
      const claim = await stores.effects.claim({ ...wanted, leaseUntil: toIso(untilMs) }, call);
      if (claim.granted) {
        await askGates(work, stores, call);
        if (leave) await useLeave(stores, leave, call);
      }
      return { ...claim, owner, untilMs };
    }, call);
  } catch (error) {
    if (isRefusal(error)) await auditRefusal(work, error);
    else await dropClaim(work, owner);
    throw error;
  }
}

type Refusal = SalesAgentError<"effect.refused"> | SalesAgentError<"approval.invalid">;

/** Whether a gate or an approval stands against it. */
export function isRefusal(error: unknown): error is Refusal {
  return SalesAgentError.is(error, "effect.refused") || SalesAgentError.is(error, "approval.invalid");
}

/** A name for one claim of this process. */
export function newOwner<Input, Result>({ context }: EffectWork<Input, Result>): string {
  return `${context.owner}/${context.createId()}`;
}

export function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

/** The answer to a commit can be lost: should the claim stand after all, nothing was begun under it. */
async function dropClaim<Input, Result>(work: EffectWork<Input, Result>, owner: string): Promise<void> {
  const error = { code: "internal", message: "The claim failed; nothing was begun." };
  try {
    const { effects } = work.context.storage.tenant(work.tenant);
    await effects.settle(work.key, owner, { status: "failed", error });
  } catch {
    // The storage is away: a claim that stands all the same runs out, and its outcome is looked up.
  }
}

/** Puts a refusal into the audit trail. */
export async function auditRefusal<Input, Result>(
  work: EffectWork<Input, Result>,
  error: Refusal,
): Promise<void> {
  const { context, tenant, agent, runId, key } = work;
  const approvalId = "approvalId" in error.facts ? error.facts.approvalId : undefined;
  const record = auditRecord(context, {
    actor: `agent:${agent}`,
    action: approvalId === undefined ? "effect-refused" : "approval-rejected",
    subject: approvalId === undefined ? `effect:${key}` : `approval:${approvalId}`,
    runId,
    facts: { ...error.facts, effect: work.effect.name, said: error.message },
  });
  await context.storage.tenant(tenant).audit.addMany([record]);
}
