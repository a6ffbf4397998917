import { type Clock, systemClock } from "@salesagent/ports";
import { checkOption } from "./check-option.js";

/** How much fits in and how fast it fills. */
export interface TokenBucketOptions {
  /** The most that can be taken at once; a number > 0. */
  readonly capacity: number;
  /** A number > 0. */
  readonly refillPerSecond: number;
  /** What is in it at first. @defaultValue the capacity */
  readonly level?: number;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
}

/** Something that is used up and comes back with time. */
export interface Meter {
  /** How long until this amount is there, in milliseconds; 0: now. More than fits counts as all that fits. */
  waitMs(amount: number): number;
  /** Takes an amount, also one that is not there yet: then it is owed, and later ones wait longer. */
  spend(amount: number): void;
  /** Puts back what was taken and not used. */
  giveBack(amount: number): void;
  /** The share that is left, 0–1. */
  readonly headroom: number;
}

/** Sums of fractions miss whole numbers by a hair; a wait for the hair would be for nothing. */
const HAIR = 1e-9;

/**
 * A token bucket: a steady rate that takes bursts up to its capacity. It fills when it is looked at and sets no timer.
 * In any span of t seconds it hands out `capacity + refillPerSecond · t` at most.
 */
export class TokenBucket implements Meter {
  readonly capacity: number;
  readonly #perMs: number;
  readonly #clock: Clock;
  #level: number;
  #filledMs: number;

  /** @throws RangeError naming the option that makes no sense. */
  constructor(options: TokenBucketOptions) {
    const { capacity, refillPerSecond, level = capacity, clock = systemClock } = options;
    const isPositive = (it: number) => it > 0 && it < Number.POSITIVE_INFINITY;
    checkOption("tokenBucket.capacity", capacity, "a finite number > 0", isPositive);
    checkOption("tokenBucket.refillPerSecond", refillPerSecond, "a finite number > 0", isPositive);
    checkOption("tokenBucket.level", level, "a number ≤ the capacity", (it) => it <= capacity);
    this.capacity = capacity;
    this.#perMs = refillPerSecond / 1000;
    this.#clock = clock;
    this.#level = level;
    this.#filledMs = clock.elapsed();
  }

  /** What is in it; below 0 while something is owed. */
  get level(): number {
    const elapsedMs = this.#clock.elapsed();
    this.#level = Math.min(this.capacity, this.#level + (elapsedMs - this.#filledMs) * this.#perMs);
    this.#filledMs = elapsedMs;
    return this.#level;
  }

  get headroom(): number {
    return Math.max(0, this.level / this.capacity);
  }

  /** Takes an amount if it is there. */
  tryTake(amount: number): boolean {
    if (this.waitMs(amount) > 0) return false;
    this.spend(amount);
    return true;
  }

  waitMs(amount: number): number {
    checkOption("tokenBucket: amount", amount, "a finite number ≥ 0", (it) => it >= 0 && it < Infinity);
    const missing = Math.min(amount, this.capacity) - this.level;
    return missing <= this.capacity * HAIR ? 0 : missing / this.#perMs;
  }

  spend(amount: number): void {
    this.#level = this.level - amount;
  }

  giveBack(amount: number): void {
    this.#level = Math.min(this.capacity, this.level + amount);
  }
}
