import { type CallOptions, type EffectRecord, type JsonValue, SalesAgentError } from "@salesagent/ports";
import { isPerson } from "./approvals.js";
import { auditRecord } from "./effect-audit.js";
import { inProgress } from "./effect-errors.js";
import { toKept } from "./effect-work.js";
import type { LedgerContext } from "./ledger-context.js";

/** What a person found out about an effect of unknown outcome. */
export interface EffectFinding extends CallOptions {
  readonly tenant: string;
  /** Who looked: a person that the host has identified, such as `user:42`. */
  readonly by: string;
  /** What came of it. `false` lets it be done again. */
  readonly found: { readonly happened: true; readonly result: JsonValue } | { readonly happened: false };
}

const RULED_OUT = { code: "effect.unknown", message: "A person looked: it did not happen." };

/**
 * Puts on record what a person found out. An effect that was settled meanwhile stays as it is.
 *
 * @throws TypeError when `by` names nobody, `store.not_found`, or `effect.in_progress`.
 */
export async function settleByHand(
  context: LedgerContext,
  key: string,
  { tenant, by, found, signal }: EffectFinding,
): Promise<EffectRecord> {
  if (!isPerson(by)) throw new TypeError("effects.settle needs `by`, an identified person such as user:42");
  const owner = `${context.owner}/${context.createId()}`;
  const leaseUntil = new Date(context.clock.now() + context.leaseMs).toISOString();
  const outcome = found.happened
    ? ({ status: "done", result: toKept(found.result) } as const)
    : ({ status: "failed", error: RULED_OUT } as const);
  return context.storage.tenant(tenant).transaction(
    async ({ effects, audit }) => {
      const claim = await effects.reconcile(key, owner, leaseUntil, { signal });
      if (!claim) throw noSuchEffect(key);
      const { record } = claim;
      if (!claim.granted) {
        if (record.status === "done" || record.status === "failed") return record;
        throw inProgress(record);
      }
      await effects.settle(key, owner, outcome, { signal });
      const told = {
        actor: by,
        action: `effect-${outcome.status}`,
        subject: `effect:${key}`,
        runId: record.runId,
      };
      const facts = { effect: record.effect, how: "by-hand" };
      await audit.addMany([auditRecord(context, { ...told, facts })], { signal });
      return (await effects.get(key, { signal })) ?? record;
    },
    { signal },
  );
}

function noSuchEffect(key: string): SalesAgentError<"store.not_found"> {
  return new SalesAgentError("store.not_found", {
    message: "There is no effect of this key for this tenant.",
    facts: { store: "effects", id: key },
    replay: "safe",
  });
}
