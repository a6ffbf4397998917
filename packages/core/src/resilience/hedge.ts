import { type Clock, onAbort, systemClock, type Timer } from "@salesagent/ports";
import { type LinkedSignal, linkSignal } from "../kernel/linked-signal.js";
import { checkSpan, checkWhole } from "./check-option.js";

/** When another attempt begins beside one that is slow. */
export interface HedgeOptions {
  /** How long to wait for an attempt before the next begins beside it, in milliseconds ≥ 0. */
  readonly afterMs: number;
  /** Attempts at most, the first included; a whole number ≥ 1. @defaultValue 2 */
  readonly max?: number;
  /** The caller's, which ends all attempts. */
  readonly signal?: AbortSignal;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
}

/**
 * Runs a task, and once more beside it when it is slow. The first success wins, and the others are aborted through their
 * own signals. A failure does not begin another attempt: that is what `retry` is for. For tasks that may run twice.
 *
 * @param task - Is given its own signal and the number of the attempt, from 1 on.
 * @throws The error of the first attempt, when all that began have failed; the caller's reason, as soon as its signal
 *   aborts. RangeError naming the option that makes no sense.
 * @see Dean and Barroso 2013, "The Tail at Scale", Communications of the ACM 56: hedged requests.
 */
export async function hedge<T>(
  task: (signal: AbortSignal, attempt: number) => Promise<T>,
  options: HedgeOptions,
): Promise<T> {
  const { afterMs, max = 2, signal, clock = systemClock } = options;
  checkSpan("hedge.afterMs", afterMs, 0);
  checkWhole("hedge.max", max, 1);
  signal?.throwIfAborted();
  const attempts = new Set<LinkedSignal>();
  let timer: Timer | undefined;
  let unlink = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      let begun = 0;
      let firstFailure: unknown;
      const begin = () => {
        begun += 1;
        const number = begun;
        const own = linkSignal(signal);
        attempts.add(own);
        if (number < max) timer = clock.schedule(afterMs, begin);
        const settled = () => {
          own[Symbol.dispose]();
          attempts.delete(own);
        };
        attempt(task, own.signal, number).then(
          (value) => {
            settled();
            resolve(value);
          },
          (error: unknown) => {
            settled();
            if (number === 1) firstFailure = error;
            if (attempts.size === 0) reject(firstFailure);
          },
        );
      };
      if (signal) unlink = onAbort(signal, () => reject(signal.reason));
      begin();
    });
  } finally {
    timer?.cancel();
    unlink();
    for (const own of attempts) {
      own[Symbol.dispose]();
      own.abort(
        signal?.aborted ? signal.reason : new DOMException("Another attempt was faster.", "AbortError"),
      );
    }
  }
}

/** A task that throws at once fails as one that rejects. */
async function attempt<T>(
  task: (signal: AbortSignal, attempt: number) => Promise<T>,
  signal: AbortSignal,
  number: number,
): Promise<T> {
  return await task(signal, number);
}
