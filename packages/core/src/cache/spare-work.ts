import type { Clock } from "@salesagent/ports";
import { withTimeout } from "../resilience/timeouts.js";

/** What a cache was doing when something failed that it can do without. */
export type CacheStep = "read" | "write" | "embed";

/** How a cache does what it can do without. */
export interface SpareOptions {
  readonly clock: Clock;
  readonly limitMs: number;
  readonly onError: ((error: unknown, step: CacheStep) => void) | undefined;
  /** Who does it, in errors. @defaultValue "cache" */
  readonly owner?: string;
}

/**
 * Does what a cache can do without: it ends in time, and when it fails, the host is told and there is no result.
 *
 * @param caller - Ends it; that is no failure, and nobody is told.
 */
export async function spare<T>(
  { clock, limitMs, onError, owner = "cache" }: SpareOptions,
  step: CacheStep,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const signal = caller === undefined ? {} : { signal: caller };
  try {
    return await withTimeout(work, { name: `${owner} ${step}`, limitMs, clock, replay: "safe", ...signal });
  } catch (error) {
    if (caller?.aborted !== true) tell(onError, error, step);
    return undefined;
  }
}

function tell(onError: SpareOptions["onError"], error: unknown, step: CacheStep): void {
  try {
    onError?.(error, step);
  } catch {
    // There is nobody left to tell.
  }
}
