import { type Approvals, approvalEvent, type Effect, type Effects } from "@salesagent/core/effects";
import type { NodeContext } from "@salesagent/core/graph";
import { type Clock, SalesAgentError } from "@salesagent/ports";
import { tenantOf } from "../flow/tenant-of.js";
import type { BdrOutcome } from "./bdr-state.js";

/** What effects are done with. */
export interface EffectMeans {
  readonly effects: Effects;
  readonly approvals: Approvals;
  readonly clock: Clock;
  /** How long a question to a person stands, in milliseconds. */
  readonly approvalMs: number;
}

/** An effect's result, or why it will never be done. */
export type Allowed<Result> = { readonly result: Result } | { readonly outcome: BdrOutcome };

/** After a minute first, then after ever longer waits. */
const FIRST_LOOK_MS = 60_000;
const LONGEST_LOOK_MS = 6 * 60 * 60 * 1_000;
const SHORTEST_SLEEP_MS = 1_000;

/**
 * Does an effect once. Where a person has to allow it, where the hour is wrong or somebody else is at it, the run waits without
 * a timer. The event that wakes it says nothing: the ledger's record decides. What was decided on a storage that knows nothing of the
 * run, such as one of `memoryCheckpointer()`, is found by looking.
 */
export async function onceAllowed<Input, Result>(
  means: EffectMeans,
  ctx: NodeContext,
  effect: Effect<Input, Result>,
  call: { readonly step: string; readonly input: Input },
): Promise<Allowed<Result>> {
  const tenant = tenantOf(ctx);
  const { runId, signal } = ctx;
  for (let looks = 0; ; looks++) {
    try {
      return { result: await means.effects.run(effect, { ...call, tenant, runId, signal, agent: "bdr" }) };
    } catch (error) {
      const outcome = await waitOut(means, ctx, error, looks);
      if (outcome) return { outcome };
    }
  }
}

/** Waits until it makes sense to ask again. @throws The error itself where that would change nothing. */
async function waitOut(
  { approvals, clock, approvalMs }: EffectMeans,
  ctx: NodeContext,
  error: unknown,
  looks: number,
): Promise<BdrOutcome | undefined> {
  if (SalesAgentError.is(error, "approval.required")) {
    const { approvalId, tool } = error.facts;
    ctx.emit({ type: "approval-needed", approvalId, tool });
    const timeoutMs = Math.min(FIRST_LOOK_MS * 2 ** looks, LONGEST_LOOK_MS, approvalMs);
    await ctx.waitFor(approvalEvent(approvalId), { timeoutMs });
    return undefined;
  }
  if (SalesAgentError.is(error, "approval.invalid")) {
    const { approvalId, problem } = error.facts;
    if (problem === "expired") return { kind: "not-decided" };
    if (problem !== "refused") throw error;
    const refused = await approvals.get(approvalId, { tenant: tenantOf(ctx), signal: ctx.signal });
    return { kind: "refused", ...(refused?.reason === undefined ? {} : { reason: refused.reason }) };
  }
  const againAt = againAtOf(error);
  if (againAt !== undefined) {
    await ctx.sleep(Math.max(SHORTEST_SLEEP_MS, Date.parse(againAt) - clock.now()));
    return undefined;
  }
  if (SalesAgentError.is(error, "effect.refused")) return { kind: "forbidden", reason: error.facts.gate };
  throw error;
}

/** When the ledger may say something else, ISO 8601 in UTC. */
function againAtOf(error: unknown): string | undefined {
  if (SalesAgentError.is(error, "effect.in_progress")) return error.facts.leaseUntil;
  if (SalesAgentError.is(error, "effect.refused")) return error.facts.retryAt;
  return undefined;
}
