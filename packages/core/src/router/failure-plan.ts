import { SalesAgentError } from "@salesagent/ports";
import { modelFacts } from "../model/attempt-cost.js";

/**
 * What a failed attempt means for its call:
 *
 * - `end`: the caller is told; another model would not be right to ask.
 * - `pass-on`: another candidate may answer; this one will not, however long one waits.
 * - `again`: another candidate may answer, and this one later.
 * - `larger-context`: only a candidate with a larger context may answer.
 * - `cheaper`: a budget refused this candidate; one that can cost less may fit.
 */
export type FailurePlan = "end" | "pass-on" | "again" | "larger-context" | "cheaper";

const PLANS: Readonly<Record<string, FailurePlan>> = {
  "model.auth": "pass-on",
  "model.quota_exhausted": "pass-on",
  "model.not_found": "pass-on",
  "model.malformed_tool_call": "again",
  "model.rate_limited": "again",
  "model.overloaded": "again",
  "model.server_error": "again",
  "model.unreachable": "again",
  "model.timed_out": "again",
  "model.stream_cut": "again",
  "model.malformed_response": "again",
  "model.context_length": "larger-context",
  "budget.exceeded": "cheaper",
  "router.exhausted": "pass-on",
  "router.no_candidate": "pass-on",
  "breaker.open": "pass-on",
};

/**
 * @param reroute - Codes of the host's choosing after which others are asked.
 */
export function planFailure(error: unknown, reroute: ReadonlySet<string>): FailurePlan {
  if (SalesAgentError.is(error)) {
    const plan = PLANS[error.code];
    if (plan) return plan;
    return reroute.has(error.code) ? "pass-on" : "end";
  }
  // A slip in the request or the options is a slip with every candidate.
  if (error instanceof RangeError || (error instanceof TypeError && error.cause === undefined)) return "end";
  return "pass-on";
}

/** How long a vendor asked to wait, in milliseconds. */
export function toldWaitMs(error: unknown): number | undefined {
  return modelFacts(error).retryAfterMs;
}

/** The code that is told of a failure. */
export function failureCode(error: unknown): string {
  return SalesAgentError.is(error) ? error.code : "internal";
}
