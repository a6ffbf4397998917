import { type Clock, onAbort } from "@salesagent/ports";
import { timedOutError } from "./call-deadlines.js";

/** What ends a request early. */
export interface RequestLimit {
  readonly provider: string;
  readonly modelId: string;
  readonly clock: Clock;
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs a request until it settles, the caller aborts, or its time is up; the last two do not wait for it.
 *
 * @throws The caller's own reason, or `model.timed_out`.
 */
export async function withLimit<T>(
  limit: RequestLimit,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, clock, limitMs, provider, modelId } = limit;
  signal?.throwIfAborted();
  const request = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const stop = (reason: unknown) => {
      settle();
      request.abort(reason);
      reject(reason);
    };
    const release = signal ? onAbort(signal, () => stop(signal.reason)) : () => {};
    const timer = clock.schedule(limitMs, () => stop(timedOutError({ provider, modelId }, "total", limitMs)));
    const settle = () => {
      timer.cancel();
      release();
    };
    task(request.signal).then(resolve, reject).finally(settle);
  });
}
