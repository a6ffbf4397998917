import type { ClientClock } from "./client-clock.js";
import { ClientError } from "./client-error.js";

/** What bounds a wait. */
export interface WaitLimits {
  readonly clock: ClientClock;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/**
 * What `work` comes to. `work` itself is not stopped.
 *
 * @throws `client.silent` when it takes longer than `limitMs`; the signal's reason, as soon as it aborts.
 */
export function within<T>(work: Promise<T>, { clock, limitMs, signal }: WaitLimits): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => settle(() => reject(signal.reason));
    const timer = clock.schedule(limitMs, () => {
      const detail = `The server said nothing for ${limitMs} ms.`;
      settle(() => reject(new ClientError({ code: "client.silent", detail })));
    });
    const settle = (end: () => void) => {
      timer.cancel();
      signal.removeEventListener("abort", abort);
      end();
    };
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    work.then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}
