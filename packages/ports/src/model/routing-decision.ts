/** What a router knew of a candidate when it decided. */
export interface CandidateFacts {
  /** Estimate for this very request, in USD. Absent when the price is unknown. */
  readonly costUsd?: number;
  /** Median time to the first token, in milliseconds, of recent answers. */
  readonly firstTokenMs?: number;
  /** Median speed of recent answers. */
  readonly tokensPerSecond?: number;
  /** Share of recent attempts that failed, 0–1. */
  readonly errorRate?: number;
  /** Share of the tightest rate limit that is left, 0–1. */
  readonly headroom?: number;
  readonly breaker: "closed" | "open" | "half-open";
  /** Tokens of this request that its prompt cache probably holds. */
  readonly cachedTokens?: number;
}

/** One candidate of a decision. */
export interface ConsideredCandidate {
  readonly provider: string;
  readonly modelId: string;
  /** Place in the order of trying, from 1. Absent when it was passed over. */
  readonly rank?: number;
  /** Higher is better; comparable within one decision. Absent when it was passed over. */
  readonly score?: number;
  /** Why it was passed over, in words; absent when it was not. */
  readonly passedOver?: readonly string[];
  readonly facts: CandidateFacts;
}

/** Why a router tried what it tried. */
export interface RoutingDecision {
  /** Such as `fastest`, or `custom` for a function of the host's. */
  readonly policy: string;
  /** By rank; those passed over last. */
  readonly candidates: readonly ConsideredCandidate[];
}
