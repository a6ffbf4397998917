import type { Clock } from "@salesagent/ports";

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #nowMs = Date.UTC(2026, 0, 5, 12);
  readonly #timers = new Set<{ readonly atMs: number; readonly task: () => void }>();
  #watchers: (() => void)[] = [];

  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs;
  }

  elapsed(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, task: () => void) {
    const timer = { atMs: this.#nowMs + delayMs, task };
    this.#timers.add(timer);
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const tell of watchers) tell();
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** Settles once a timer waits. */
  async waits(): Promise<void> {
    if (this.#timers.size === 0) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    for (const timer of [...this.#timers]) {
      if (timer.atMs <= this.#nowMs && this.#timers.delete(timer)) timer.task();
    }
  }
}
