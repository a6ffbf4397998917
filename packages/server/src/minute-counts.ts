import type { Clock } from "@salesagent/ports";

/** What is counted of one name within a minute. */
export interface MinuteCount {
  /** By the clock's elapsed time, in milliseconds. */
  readonly endsAt: number;
  used: number;
  /** Whether something was refused for it. */
  refused: boolean;
}

const MINUTE_MS = 60_000;

/** Counts by name, each for a minute from its first. Of more names than it holds the one that began first is forgotten. */
export class MinuteCounts {
  readonly #clock: Clock;
  readonly #mostNames: number;
  readonly #counts = new Map<string, MinuteCount>();

  constructor(clock: Clock, mostNames = 10_000) {
    this.#clock = clock;
    this.#mostNames = mostNames;
  }

  get size(): number {
    return this.#counts.size;
  }

  /** The count of a name, where its minute is not over. */
  find(name: string): MinuteCount | undefined {
    const known = this.#counts.get(name);
    return known && this.#clock.elapsed() < known.endsAt ? known : undefined;
  }

  /** The count of a name; a new one where there is none. */
  open(name: string): MinuteCount {
    const known = this.find(name);
    if (known) return known;
    const now = this.#clock.elapsed();
    const fresh = { endsAt: now + MINUTE_MS, used: 0, refused: false };
    this.#counts.delete(name);
    this.#counts.set(name, fresh);
    this.#drop(now);
    return fresh;
  }

  /** How long a count goes on, in milliseconds. */
  leftMs({ endsAt }: MinuteCount): number {
    return Math.ceil(endsAt - this.#clock.elapsed());
  }

  /** They stand in the order of their end: those that are over go, and beyond the bound the oldest. */
  #drop(now: number): void {
    for (const [name, { endsAt }] of this.#counts) {
      if (now < endsAt && this.#counts.size <= this.#mostNames) return;
      this.#counts.delete(name);
    }
  }
}
