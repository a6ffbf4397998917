import { type ErrorCode, SalesAgentError } from "@salesagent/ports";

/**
 * What a failure says about the dependency. `ignore`: nothing, as with aborts and requests that were the caller's fault.
 * `failure`: it counts towards opening. `open`: open at once, for `forMs` milliseconds.
 */
export type BreakerVerdict =
  | { readonly kind: "ignore" }
  | { readonly kind: "failure" }
  | { readonly kind: "open"; readonly forMs: number };

const IGNORE: BreakerVerdict = Object.freeze({ kind: "ignore" });
const FAILURE: BreakerVerdict = Object.freeze({ kind: "failure" });

/** The model's or the network's own failures: those that another minute may mend. */
const FAILURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "model.server_error",
  "model.unreachable",
  "model.timed_out",
  "model.stream_cut",
  "model.malformed_response",
  "store.unavailable",
  "call.timed_out",
]);

/**
 * What a failed model call says about the model's health.
 *
 * - quota used up, key refused: open at once, for `quotaResetMs`;
 * - overloaded, rate limited: open for as long as the vendor asks to wait. Where it does not say, overload counts as a
 *   failure, and a rate limit does not count: the model is well, and pacing is what it needs;
 * - server errors, broken or late answers, an unreachable host, and every error from outside the family: a failure;
 * - all other codes (aborts, bad requests, too long contexts, filtered content, tools, budgets): nothing.
 *
 * @param options - `quotaResetMs`: for how long a refused key opens. @defaultValue 300,000
 */
export function classifyModelFailure(
  error: unknown,
  options: { readonly quotaResetMs?: number } = {},
): BreakerVerdict {
  if (!SalesAgentError.is(error)) return isAbort(error) ? IGNORE : FAILURE;
  switch (error.code) {
    case "model.quota_exhausted":
    case "model.auth":
      return { kind: "open", forMs: options.quotaResetMs ?? 300_000 };
    case "model.overloaded":
      return openFor(error.facts.retryAfterMs) ?? FAILURE;
    case "model.rate_limited":
      return openFor(error.facts.retryAfterMs) ?? IGNORE;
    default:
      return FAILURES.has(error.code) ? FAILURE : IGNORE;
  }
}

function openFor(retryAfterMs: number | undefined): BreakerVerdict | undefined {
  return retryAfterMs !== undefined && retryAfterMs > 0 ? { kind: "open", forMs: retryAfterMs } : undefined;
}

/** An abort by `AbortController.abort()` without a reason. One with a reason is known by its signal only. */
function isAbort(error: unknown): boolean {
  return typeof error === "object" && error !== null && "name" in error && error.name === "AbortError";
}
