import type { Clock } from "./clock.js";
import { untilAborted } from "./until-aborted.js";

/** No real wait is this long; the platform's longest delay. */
const FOR_EVER_MS = 2 ** 31 - 1;

/**
 * Waits by a clock. The process stays alive meanwhile, which a clock's own timers do not see to: a back-off between two
 * attempts must not be where a script ends.
 *
 * @throws The signal's reason, as soon as it aborts.
 */
export async function wait(clock: Clock, waitMs: number, signal?: AbortSignal | undefined): Promise<void> {
  let stop = () => {};
  const over = new Promise<void>((resolve) => {
    const timer = clock.schedule(waitMs, resolve);
    stop = () => timer.cancel();
  });
  const alive = setInterval(() => {}, FOR_EVER_MS);
  try {
    await untilAborted(over, signal);
  } finally {
    clearInterval(alive);
    stop();
  }
}
