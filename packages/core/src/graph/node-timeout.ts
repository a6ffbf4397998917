import { type Clock, onAbort } from "@salesagent/ports";
import { linkSignal } from "../kernel/linked-signal.js";

/** No real wait is this long; the platform's longest delay. */
const FOR_EVER_MS = 2 ** 31 - 1;

/**
 * Runs work that must end in time. The process stays alive meanwhile, so that a node that never ends is an error and not a
 * silent end of the script.
 *
 * @param timedOut - The error; the work's signal aborts with it.
 */
export function withinTime<T>(
  work: (signal: AbortSignal) => T | Promise<T>,
  limit: {
    readonly clock: Clock;
    readonly limitMs: number;
    readonly signal: AbortSignal | undefined;
    readonly timedOut: () => unknown;
  },
): Promise<T> {
  const linked = linkSignal(limit.signal);
  const alive = setInterval(() => {}, FOR_EVER_MS);
  return new Promise<T>((resolve, reject) => {
    const timer = limit.clock.schedule(limit.limitMs, () => {
      const error = limit.timedOut();
      fail(error);
      linked.abort(error);
    });
    const { signal } = limit;
    const unlink = signal && onAbort(signal, () => fail(signal.reason));
    const end = () => {
      clearInterval(alive);
      timer.cancel();
      unlink?.();
      linked[Symbol.dispose]();
    };
    const fail = (error: unknown) => {
      end();
      reject(error);
    };
    const run = async () => work(linked.signal);
    run().then((value) => {
      end();
      resolve(value);
    }, fail);
  });
}
