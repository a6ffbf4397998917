/** For how long a worker has jobs ready that can't begin yet. */
const AHEAD_MS = 50;
const MOST_AHEAD = 500;
/** The weight of the newest job in the average. */
const NEWEST = 0.1;

/**
 * How many jobs a worker claims beyond those that it runs, so that short jobs don't wait for the database between each other.
 * None, while jobs take longer than that would save.
 */
export class ClaimAhead {
  #averageMs: number | undefined;

  constructor(private readonly concurrency: number) {}

  /** A job took so long. */
  note(tookMs: number): void {
    const averageMs = this.#averageMs ?? tookMs;
    this.#averageMs = averageMs + NEWEST * (tookMs - averageMs);
  }

  /** Jobs take longer than they did. */
  forget(): void {
    this.#averageMs = undefined;
  }

  get count(): number {
    if (this.#averageMs === undefined) return 0;
    const count = (this.concurrency * AHEAD_MS) / Math.max(this.#averageMs, 0.01) - this.concurrency;
    return Math.max(0, Math.min(MOST_AHEAD, Math.floor(count)));
  }

  /** How many to claim now, where `held` are claimed already; none while enough of them wait. */
  room(held: number): number {
    const { count } = this;
    if (held >= this.concurrency + count / 2) return 0;
    return this.concurrency + count - held;
  }
}
