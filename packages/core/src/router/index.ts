export { type CandidateState, ModelRouter } from "./model-router.js";
export type { Policy, PolicyContext, PolicyName, PolicyWeights } from "./policy.js";
export type { RankedFacts } from "./ranked-facts.js";
export type {
  CandidateOptions,
  HedgeOptions,
  RouterBreakerOptions,
  RouterOptions,
  RouterRetryOptions,
} from "./router-options.js";
export { TASK_PREFERENCES } from "./task-preferences.js";
export { type TelemetryOptions, withTelemetry } from "./with-telemetry.js";
