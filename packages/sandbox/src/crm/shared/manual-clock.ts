import type { Clock } from "@salesagent/ports";

/** A clock that stands still until it is moved, for worlds whose time a test tells. */
export interface ManualClock extends Clock {
  /** Timers that wait. */
  readonly pending: number;
  /** Moves on, and runs what is due on the way, in its order. */
  advance(ms: number): void;
}

interface PendingTimer {
  readonly atMs: number;
  readonly task: () => void;
}

/**
 * Makes a clock that stands still.
 *
 * @param startAt - ISO 8601. @defaultValue "2026-11-01T10:00:00Z"
 */
export function createManualClock(startAt = "2026-11-01T10:00:00Z"): ManualClock {
  const startMs = Date.parse(startAt);
  if (Number.isNaN(startMs)) throw new RangeError(`startAt must be an ISO 8601 instant, got ${startAt}`);
  let nowMs = startMs;
  const timers = new Set<PendingTimer>();
  const nextDue = (untilMs: number) => {
    let next: PendingTimer | undefined;
    for (const timer of timers) {
      if (timer.atMs <= untilMs && (next === undefined || timer.atMs < next.atMs)) next = timer;
    }
    return next;
  };
  return {
    get pending() {
      return timers.size;
    },
    now: () => nowMs,
    elapsed: () => nowMs - startMs,
    schedule(delayMs, task) {
      const timer = { atMs: nowMs + Math.max(0, delayMs), task };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let due = nextDue(untilMs); due !== undefined; due = nextDue(untilMs)) {
        timers.delete(due);
        nowMs = Math.max(nowMs, due.atMs);
        due.task();
      }
      nowMs = untilMs;
    },
  };
}
