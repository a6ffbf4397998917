/** What a client waits by. Any `Clock` of the SDK fits. */
export interface ClientClock {
  /** Runs `task` once, `delayMs` from now. */
  schedule(delayMs: number, task: () => void): { cancel(): void };
}

/** The longest delay that the platform's timers hold, in milliseconds; longer ones fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export const systemClock: ClientClock = {
  schedule(delayMs, task) {
    const timer = setTimeout(task, Math.min(delayMs, LONGEST_DELAY_MS));
    return { cancel: () => clearTimeout(timer) };
  },
};

/** @throws The signal's reason, as soon as it aborts. */
export function pause(clock: ClientClock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.schedule(delayMs, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    signal?.addEventListener("abort", abort, { once: true });
  });
}
