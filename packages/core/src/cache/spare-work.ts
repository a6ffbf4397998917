import { type Clock, SalesAgentError, untilAborted } from "@salesagent/ports";
import { linkSignal } from "../kernel/linked-signal.js";

/** What a cache was doing when something failed that it can do without. */
export type CacheStep = "read" | "write" | "embed";

/** How a cache does what it can do without. */
export interface SpareOptions {
  readonly clock: Clock;
  readonly limitMs: number;
  readonly onError: ((error: unknown, step: CacheStep) => void) | undefined;
}

/**
 * Does what a cache can do without: it ends in time, and when it fails, the host is told and there is no result.
 *
 * @param caller - Ends it; that is no failure, and nobody is told.
 */
export async function spare<T>(
  { clock, limitMs, onError }: SpareOptions,
  step: CacheStep,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const link = linkSignal(caller);
  const timer = clock.schedule(limitMs, () => link.abort(tooLate(step, limitMs)));
  try {
    return await untilAborted(work(link.signal), link.signal);
  } catch (error) {
    if (caller?.aborted !== true) tell(onError, error, step);
    return undefined;
  } finally {
    timer.cancel();
    link[Symbol.dispose]();
  }
}

function tell(onError: SpareOptions["onError"], error: unknown, step: CacheStep): void {
  try {
    onError?.(error, step);
  } catch {
    // There is nobody left to tell.
  }
}

function tooLate(step: CacheStep, limitMs: number): SalesAgentError<"call.timed_out"> {
  const name = `cache ${step}`;
  return new SalesAgentError("call.timed_out", {
    message: `The ${name} did not settle within ${limitMs} ms; the call went on without it.`,
    facts: { name, limitMs },
    replay: "safe",
  });
}
