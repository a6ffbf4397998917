export { type BackoffOptions, backoffMs } from "./backoff.js";
export type {
  BreakerOptions,
  BreakerSnapshot,
  BreakerState,
  SharedBreaker,
} from "./breaker-options.js";
export type { BreakerPermit } from "./breaker-permit.js";
export { CircuitBreaker } from "./circuit-breaker.js";
export { type BreakerVerdict, classifyModelFailure } from "./classify-model-failure.js";
export { LatencyWindow } from "./latency-window.js";
export { isTransient, type RetryOptions, type RetryWait, retry } from "./retry.js";
export { retryAfterOf } from "./retry-after.js";
