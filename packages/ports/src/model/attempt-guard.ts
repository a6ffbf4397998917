import type { CallOptions } from "../call-options.js";
import type { CallScope } from "./call-scope.js";
import type { AttemptPurpose, ModelAttempt } from "./model-event.js";
import type { ModelProfile } from "./model-profile.js";
import type { ModelRequest } from "./model-request.js";

/** The most that one attempt can take. */
export interface AttemptCeiling {
  /** Absent when the model's price is unknown. */
  readonly costUsd?: number;
  /** Input and output together. */
  readonly tokens: number;
}

/** One try at one model, before it begins. */
export interface AttemptPlan {
  readonly provider: string;
  readonly modelId: string;
  readonly profile: ModelProfile;
  readonly request: ModelRequest;
  readonly scope: CallScope;
  readonly purpose: AttemptPurpose;
  /** Works it out from the request; the same each time. */
  ceiling(): AttemptCeiling;
}

/** The leave that a guard gave for one attempt. */
export interface AttemptPermit {
  /**
   * Told once, when the attempt is over, however it ended. A promise is waited for before the answer counts as finished. What
   * it throws is lost: by then the answer is paid for.
   */
  end(attempt: ModelAttempt): void | Promise<void>;
}

/**
 * Stands before every attempt at a model and is told how each ended: budgets, ledgers and traces are guards. Whoever makes
 * attempts asks all guards in order; when one throws, those that were asked before it are told that the attempt was aborted,
 * with no usage and a cost of 0.
 */
export interface AttemptGuard {
  /** @throws What forbids the attempt, such as `budget.exceeded`. */
  begin(plan: AttemptPlan, call: CallOptions): AttemptPermit | Promise<AttemptPermit>;
}
