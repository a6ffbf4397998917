import type { Clock, Timer } from "@salesagent/ports";

/**
 * A time limit that is set anew for each step, with one timer for all of them: when a step is given its time, the timer
 * that runs is left alone if it fires early enough, and set again when it fires too early.
 */
export class StepTimer {
  readonly #clock: Clock;
  readonly #expire: () => void;
  #dueMs = Number.POSITIVE_INFINITY;
  #firesMs = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(clock: Clock, expire: () => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** @param dueMs - When the step must be over, by the clock's `elapsed()`; `Infinity`: it takes its time. */
  set(dueMs: number): void {
    this.#dueMs = dueMs;
    if (dueMs >= this.#firesMs) return;
    this.#timer?.cancel();
    this.#schedule();
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dueMs = this.#firesMs = Number.POSITIVE_INFINITY;
  }

  #schedule(): void {
    this.#firesMs = this.#dueMs;
    this.#timer = this.#clock.schedule(this.#dueMs - this.#clock.elapsed(), () => this.#fired());
  }

  #fired(): void {
    this.#firesMs = Number.POSITIVE_INFINITY;
    if (this.#dueMs === Number.POSITIVE_INFINITY) return;
    // The platform's timers may fire a little early.
    if (this.#clock.elapsed() < this.#dueMs - 1) this.#schedule();
    else this.#expire();
  }
}
