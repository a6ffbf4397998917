import type { Clock, Timer } from "@salesagent/ports";

/** A clock that stands still until it is told to move. For tests. */
export interface ManualClock extends Clock {
  /** Moves time on and runs what falls due, in order of time; what a task schedules within the span runs too. */
  advance(ms: number): void;
  /** Timers that were scheduled and have neither fired nor been cancelled. */
  readonly pendingTimers: number;
}

interface Entry {
  readonly atMs: number;
  readonly task: () => void;
}

/**
 * Makes a clock that is moved by hand.
 *
 * @param startMs - The first `now()`, milliseconds since the epoch. @defaultValue 2026-01-05T12:00:00Z, a Monday
 */
export function manualClock(startMs: number = Date.UTC(2026, 0, 5, 12)): ManualClock {
  const timers = new Set<Entry>();
  let elapsedMs = 0;

  const nextDue = (untilMs: number): Entry | undefined => {
    let earliest: Entry | undefined;
    for (const entry of timers) {
      if (entry.atMs <= untilMs && (!earliest || entry.atMs < earliest.atMs)) earliest = entry;
    }
    return earliest;
  };

  return {
    now: () => startMs + elapsedMs,
    elapsed: () => elapsedMs,
    schedule(delayMs, task): Timer {
      const entry: Entry = { atMs: elapsedMs + Math.max(0, delayMs), task };
      timers.add(entry);
      return { cancel: () => void timers.delete(entry) };
    },
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`advance takes a number of milliseconds ≥ 0, got ${ms}`);
      const untilMs = elapsedMs + ms;
      for (let entry = nextDue(untilMs); entry; entry = nextDue(untilMs)) {
        timers.delete(entry);
        elapsedMs = Math.max(elapsedMs, entry.atMs);
        entry.task();
      }
      elapsedMs = untilMs;
    },
    get pendingTimers() {
      return timers.size;
    },
  };
}
