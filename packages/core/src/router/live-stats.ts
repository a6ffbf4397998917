import type { Clock } from "@salesagent/ports";
import { LatencyWindow } from "../resilience/latency-window.js";

/** What recent attempts at one candidate came to. */
export interface LiveFacts {
  readonly firstTokenMs: number | undefined;
  readonly tokensPerSecond: number | undefined;
  /** Share of failures among recent attempts, recent ones counting more; nothing before the first attempt. */
  readonly errorRate: number | undefined;
  readonly attempts: number;
}

/** How much the latest attempt counts in the error rate: about the last ten attempts matter. */
const LATEST_WEIGHT = 0.1;
const SAMPLES = 64;
/** Once there are many samples, one more hardly moves a median: it is worked out anew after so many. */
const REFRESH_AFTER = 8;

/** A failure counts half as much after this time: who is not asked any more must not be shunned for ever. */
const HALF_LIFE_MS = 60_000;

/** Keeps what recent attempts at one candidate tell, in little memory. */
export class LiveStats {
  readonly #firstTokenMs = new LatencyWindow(SAMPLES);
  readonly #tokensPerSecond = new LatencyWindow(SAMPLES);
  readonly #clock: Clock;
  #errorRate: number | undefined;
  #notedMs = 0;
  #attempts = 0;
  #medians: { readonly firstTokenMs: number | undefined; readonly tokensPerSecond: number | undefined } = {
    firstTokenMs: undefined,
    tokensPerSecond: undefined,
  };
  #sinceRefresh = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  succeeded(answer: {
    readonly firstTokenMs: number | undefined;
    readonly totalMs: number;
    readonly outputTokens: number | undefined;
  }): void {
    this.#note(0);
    const { firstTokenMs, totalMs, outputTokens } = answer;
    if (firstTokenMs === undefined) return;
    this.#firstTokenMs.add(firstTokenMs);
    const writingMs = totalMs - firstTokenMs;
    // A few tokens within a millisecond say nothing of speed.
    if (outputTokens !== undefined && outputTokens > 1 && writingMs >= 1) {
      this.#tokensPerSecond.add((outputTokens * 1000) / writingMs);
    }
    this.#sinceRefresh++;
    if (this.#firstTokenMs.size >= SAMPLES && this.#sinceRefresh < REFRESH_AFTER) return;
    this.#sinceRefresh = 0;
    this.#medians = {
      firstTokenMs: this.#firstTokenMs.percentile(0.5),
      tokensPerSecond: this.#tokensPerSecond.percentile(0.5),
    };
  }

  failed(): void {
    this.#note(1);
  }

  /** Forgets failures: from here on a breaker keeps callers away, and decides when to try again. */
  forgive(): void {
    this.#errorRate = undefined;
  }

  facts(): LiveFacts {
    const { firstTokenMs, tokensPerSecond } = this.#medians;
    return { firstTokenMs, tokensPerSecond, errorRate: this.#faded(), attempts: this.#attempts };
  }

  /** A percentile of the time to the first token, once there are so many samples. */
  firstTokenPercentile(percentile: number, minSamples: number): number | undefined {
    return this.#firstTokenMs.size < minSamples ? undefined : this.#firstTokenMs.percentile(percentile);
  }

  #note(failure: 0 | 1): void {
    this.#attempts++;
    const before = this.#faded() ?? 0;
    this.#errorRate = before + LATEST_WEIGHT * (failure - before);
    this.#notedMs = this.#clock.elapsed();
  }

  #faded(): number | undefined {
    if (this.#errorRate === undefined || this.#errorRate === 0) return this.#errorRate;
    return this.#errorRate * 0.5 ** ((this.#clock.elapsed() - this.#notedMs) / HALF_LIFE_MS);
  }
}
