import { SalesAgentError } from "@salesagent/ports";
import type { BreakerPermit } from "../resilience/breaker-permit.js";
import type { BulkheadPermit } from "../resilience/bulkhead.js";
import type { Candidate } from "./candidate.js";
import { failureCode, toldWaitMs } from "./failure-plan.js";

/** The right to make one attempt at a candidate. */
export interface Turn {
  readonly candidate: Candidate;
  readonly permit: BreakerPermit;
  readonly seat: BulkheadPermit | undefined;
}

/** Ends a turn of which nothing was learnt: given back, aborted, or no longer wanted. */
export function giveBack({ permit, seat }: Turn): void {
  seat?.release();
  permit.forget();
}

/** Ends a turn that brought an answer. */
export function endWell({ permit, seat }: Turn): void {
  seat?.release();
  permit.succeed();
}

/** Ends a turn that failed, and lets the candidate's breaker, statistics and pacing learn from it. */
export function endBadly(turn: Turn, error: unknown): void {
  // A refusal by a budget or a failing store says nothing of the model.
  if (SalesAgentError.is(error) && !error.code.startsWith("model.")) {
    giveBack(turn);
    return;
  }
  const { candidate, permit, seat } = turn;
  seat?.release();
  permit.fail(error);
  candidate.stats.failed();
  const resetMs = toldWaitMs(error);
  if (resetMs !== undefined && failureCode(error) === "model.rate_limited") {
    candidate.pacer.learn([{ kind: "requests", remaining: 0, resetMs }]);
  }
}
