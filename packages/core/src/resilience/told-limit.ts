import type { Clock, RateLimitFact } from "@salesagent/ports";
import { type Meter, TokenBucket } from "./token-bucket.js";

const WINDOW_MS: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** Nobody is kept waiting for longer than a week, whatever was told: a slip in a header must not end a key's use. */
const LONGEST_RESET_MS = 7 * 86_400_000;

/**
 * A limit as a response told it, from then on. One that names its window (Cerebras) is whole again at the reset and not
 * before; one that does not (OpenAI, Anthropic) fills evenly until the reset.
 *
 * @param ageMs - How long ago the response came.
 * @returns Undefined where the fact does not say enough.
 */
export function meterOf(fact: RateLimitFact, ageMs: number, clock: Clock): Meter | undefined {
  const { limit, remaining, window } = fact;
  if (!isAmount(remaining) || limit === 0) return undefined;
  const windowMs = (window === undefined ? undefined : WINDOW_MS[window]) ?? 60_000;
  const resetMs = Math.min(isAmount(fact.resetMs) ? fact.resetMs : windowMs, LONGEST_RESET_MS);
  if (window !== undefined || !isAmount(limit)) {
    return new TimeWindow(
      { limit: isAmount(limit) ? limit : undefined, remaining, windowMs },
      resetMs - ageMs,
      clock,
    );
  }
  const level = Math.min(limit, remaining);
  const missing = limit - level;
  const refillPerSecond = missing > 0 ? (missing * 1000) / Math.max(1, resetMs) : (limit * 1000) / windowMs;
  return new TokenBucket({
    capacity: limit,
    refillPerSecond,
    level: Math.min(limit, level + (ageMs * refillPerSecond) / 1000),
    clock,
  });
}

function isAmount(value: number | undefined): value is number {
  return value !== undefined && value >= 0 && value < Number.POSITIVE_INFINITY;
}

/** So much until a reset, then the whole limit again. */
class TimeWindow implements Meter {
  readonly #limit: number | undefined;
  readonly #windowMs: number;
  readonly #clock: Clock;
  #left: number;
  #resetAtMs: number;

  constructor(
    told: { limit: number | undefined; remaining: number; windowMs: number },
    resetMs: number,
    clock: Clock,
  ) {
    this.#limit = told.limit;
    this.#windowMs = told.windowMs;
    this.#clock = clock;
    this.#left = told.remaining;
    this.#resetAtMs = clock.elapsed() + resetMs;
  }

  get headroom(): number {
    const left = this.#leftNow();
    if (this.#limit === undefined) return left > 0 ? 1 : 0;
    return Math.min(1, Math.max(0, left / this.#limit));
  }

  waitMs(amount: number): number {
    const left = this.#leftNow();
    const limit = this.#limit ?? Number.POSITIVE_INFINITY;
    const missing = Math.min(amount, limit) - left;
    if (missing <= 0) return 0;
    // What is owed beyond a whole window waits for the one after.
    const windows = limit === Number.POSITIVE_INFINITY ? 1 : Math.ceil(missing / limit);
    return this.#resetAtMs - this.#clock.elapsed() + (windows - 1) * this.#windowMs;
  }

  spend(amount: number): void {
    this.#left = this.#leftNow() - amount;
  }

  giveBack(amount: number): void {
    this.#left = Math.min(this.#limit ?? Number.POSITIVE_INFINITY, this.#leftNow() + amount);
  }

  #leftNow(): number {
    const windows = Math.floor((this.#clock.elapsed() - this.#resetAtMs) / this.#windowMs) + 1;
    if (windows < 1) return this.#left;
    this.#resetAtMs += windows * this.#windowMs;
    // Without a known limit, nothing is known after the reset: the next response tells.
    const limit = this.#limit ?? Number.POSITIVE_INFINITY;
    this.#left = Math.min(limit, this.#left + windows * limit);
    return this.#left;
  }
}
