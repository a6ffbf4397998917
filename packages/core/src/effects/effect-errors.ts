import { type EffectRecord, SalesAgentError, type StoredError } from "@salesagent/ports";

/** Which effect an error is about. */
export interface EffectName {
  readonly key: string;
  readonly effect: string;
}

export function unknownOutcome(
  { key, effect }: EffectName,
  why: string,
  cause?: unknown,
): SalesAgentError<"effect.unknown"> {
  return new SalesAgentError("effect.unknown", {
    message: `Whether the effect "${effect}" happened is not known: ${why}. It is not done again. Give it a lookup that can tell, or look at the outside and settle it by hand.`,
    facts: { key, effect },
    replay: "unsafe",
    cause,
  });
}

export function inProgress({ key, effect, leaseUntil }: EffectRecord): SalesAgentError<"effect.in_progress"> {
  return new SalesAgentError("effect.in_progress", {
    message: `The effect "${effect}" is being done or looked up by somebody else just now. Ask again after ${leaseUntil}.`,
    facts: { key, effect, leaseUntil: leaseUntil ?? "" },
    replay: "safe",
  });
}

export function refusedEffect(
  effect: string,
  gate: string,
  { reason, retryAt }: { readonly reason: string; readonly retryAt?: string | undefined },
): SalesAgentError<"effect.refused"> {
  const later = retryAt === undefined ? "" : ` It may be allowed at ${retryAt}.`;
  return new SalesAgentError("effect.refused", {
    message: `The gate "${gate}" forbids the effect "${effect}": ${reason}. Nothing was done.${later}`,
    facts: { effect, gate, ...(retryAt === undefined ? {} : { retryAt }) },
    replay: "safe",
  });
}

/** The lease was over before anything was begun. */
export function claimTooSlow({ effect }: EffectName, leaseMs: number): SalesAgentError<"call.timed_out"> {
  return new SalesAgentError("call.timed_out", {
    message: `Claiming the effect "${effect}" took longer than its lease of ${leaseMs} ms. Nothing was done. Raise \`leaseMs\`, or look at the storage.`,
    facts: { name: effect, limitMs: leaseMs },
    replay: "safe",
  });
}

/** What an error leaves on record: the words of foreign errors stay out. */
export function storedFailure(error: unknown): StoredError {
  if (SalesAgentError.is(error)) return { code: error.code, message: error.message };
  return {
    code: "internal",
    message: error instanceof Error ? `${error.name} while acting` : "Unknown failure",
  };
}

/** True when it is sure that nothing happened. */
export function nothingHappened(error: unknown): boolean {
  return SalesAgentError.is(error) && error.replay === "safe";
}
