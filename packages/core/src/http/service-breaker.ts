import { type Clock, SalesAgentError } from "@salesagent/ports";
import type { BreakerOptions } from "../resilience/breaker-options.js";
import { CircuitBreaker } from "../resilience/circuit-breaker.js";
import type { BreakerVerdict } from "../resilience/classify-model-failure.js";

/** How a client's breaker is made. */
export type ServiceBreakerOptions = Partial<Omit<BreakerOptions, "classify" | "quotaResetMs">>;

/**
 * What a failed call says of a service's health: only that it can't be reached, failed on its side or answers nonsense counts. Rate
 * limits, refusals and dead credentials say nothing against it.
 */
export function classifyServiceFailure(error: unknown): BreakerVerdict {
  const isFailure =
    SalesAgentError.is(error, "service.unavailable") ||
    SalesAgentError.is(error, "service.malformed_response");
  return { kind: isFailure ? "failure" : "ignore" };
}

/** The breaker that was given, or a new one. */
export function serviceBreaker(
  given: CircuitBreaker | ServiceBreakerOptions | false | undefined,
  name: string,
  clock: Clock,
): CircuitBreaker | undefined {
  if (given === false) return undefined;
  if (given instanceof CircuitBreaker) return given;
  return new CircuitBreaker({ name, clock, ...given, classify: classifyServiceFailure });
}
