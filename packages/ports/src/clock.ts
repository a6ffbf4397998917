/** A timer that can be called off. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** The source of time. Everything that waits or stamps takes one, so that tests move time by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For durations. */
  elapsed(): number;
  /** Runs `task` once, `delayMs` from now. The timer does not keep a process alive. */
  schedule(delayMs: number, task: () => void): Timer;
}

/** The longest delay that the platform's timers hold, in milliseconds; longer ones fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  schedule(delayMs, task) {
    const handle: unknown = setTimeout(task, Math.min(delayMs, LONGEST_DELAY_MS));
    // Node's handle holds the process open unless told otherwise; a browser's is a plain number.
    if (typeof handle === "object" && handle !== null && "unref" in handle) {
      (handle as { unref(): void }).unref();
    }
    return { cancel: () => clearTimeout(handle as Parameters<typeof clearTimeout>[0]) };
  },
};
