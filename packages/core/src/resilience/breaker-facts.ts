import { type BreakerRecord, SalesAgentError } from "@salesagent/ports";
import type { BreakerSnapshot } from "./breaker-options.js";

/** What a call is told that is not let through. */
export function breakerOpen(
  name: string,
  retryAfterMs: number,
  errorCode: string | undefined,
): SalesAgentError<"breaker.open"> {
  const because = errorCode === undefined ? "after failures" : `after ${errorCode}`;
  return new SalesAgentError("breaker.open", {
    message: `${name} is not called: its circuit breaker opened ${because}. Try again in ${retryAfterMs} ms.`,
    facts: { name, retryAfterMs, ...(errorCode === undefined ? {} : { errorCode }) },
    replay: "safe",
  });
}

/**
 * What other processes are told.
 *
 * @param retryAt - When the opening is over, in milliseconds since the epoch, also where a probe runs.
 */
export function toBreakerRecord(snapshot: BreakerSnapshot, retryAt: number | undefined): BreakerRecord {
  const { name, state, errorCode, changedAt } = snapshot;
  return {
    name,
    state,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(retryAt === undefined ? {} : { retryAt: new Date(retryAt).toISOString() }),
    changedAt: new Date(changedAt).toISOString(),
  };
}
