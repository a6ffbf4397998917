import { SalesAgentError } from "@salesagent/ports";

/**
 * How long an error's dependency asks to wait, in milliseconds, where its facts tell: `retryAfterMs`, or the `waitMs` of a
 * `call.wait_too_long`.
 */
export function retryAfterOf(error: unknown): number | undefined {
  if (!SalesAgentError.is(error)) return undefined;
  const facts: Readonly<Record<string, unknown>> = { ...error.facts };
  const waitMs = SalesAgentError.is(error, "call.wait_too_long") ? error.facts.waitMs : facts["retryAfterMs"];
  return typeof waitMs === "number" && waitMs >= 0 ? waitMs : undefined;
}
