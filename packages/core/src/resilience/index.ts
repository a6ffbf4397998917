export { readRateLimits, retryAfterMs, toldWaitMs } from "@salesagent/ports/http";
export { type BackoffOptions, backoffMs } from "./backoff.js";
export type {
  BreakerOptions,
  BreakerSnapshot,
  BreakerState,
  SharedBreaker,
} from "./breaker-options.js";
export type { BreakerPermit } from "./breaker-permit.js";
export { Bulkhead, type BulkheadOptions, type BulkheadPermit } from "./bulkhead.js";
export { CircuitBreaker } from "./circuit-breaker.js";
export { type BreakerVerdict, classifyModelFailure } from "./classify-model-failure.js";
export { createDeadline, type Deadline, type DeadlineOptions } from "./deadline.js";
export { type HedgeOptions, hedge } from "./hedge.js";
export { LatencyWindow } from "./latency-window.js";
export { type RateCost, RatePacer, type RatePacerOptions } from "./rate-pacer.js";
export { isTransient, type RetryOptions, type RetryWait, retry } from "./retry.js";
export { retryAfterOf } from "./retry-after.js";
export { type StreamTimeouts, withTimeout, withTimeouts } from "./timeouts.js";
export { type Meter, TokenBucket, type TokenBucketOptions } from "./token-bucket.js";
