import type { ClientClock } from "../client-clock.js";

/** A clock that a test moves. */
export interface ManualClock extends ClientClock {
  /** Lets time pass: what is due runs in its order. */
  pass(ms: number): void;
  /** Delays of what is waited for, earliest first. */
  waits(): readonly number[];
}

export function manualClock(): ManualClock {
  let now = 0;
  let tasks: { dueMs: number; task: () => void }[] = [];
  return {
    schedule(delayMs, task) {
      const entry = { dueMs: now + delayMs, task };
      tasks.push(entry);
      tasks.sort((left, right) => left.dueMs - right.dueMs);
      return {
        cancel: () => {
          tasks = tasks.filter((one) => one !== entry);
        },
      };
    },
    pass(ms) {
      const until = now + ms;
      for (let next = tasks[0]; next && next.dueMs <= until; next = tasks[0]) {
        tasks.shift();
        now = next.dueMs;
        next.task();
      }
      now = until;
    },
    waits: () => tasks.map(({ dueMs }) => dueMs - now),
  };
}

/** A clock on which every wait but the longest is over at once: back-offs pass, time limits don't. */
export function hurriedClock({ patientFromMs = 40_000 } = {}): ClientClock {
  return {
    schedule(delayMs, task) {
      if (delayMs >= patientFromMs || delayMs === 10_000) return { cancel() {} };
      const timer = setImmediate(task);
      return { cancel: () => clearImmediate(timer) };
    },
  };
}
