export type {
  BreakerOptions,
  BreakerSnapshot,
  BreakerState,
  SharedBreaker,
} from "./breaker-options.js";
export type { BreakerPermit } from "./breaker-permit.js";
export { CircuitBreaker } from "./circuit-breaker.js";
export { type BreakerVerdict, classifyModelFailure } from "./classify-model-failure.js";
