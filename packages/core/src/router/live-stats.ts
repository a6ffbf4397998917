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

/** Keeps what recent attempts at one candidate tell, in little memory. */
export class LiveStats {
  readonly #firstTokenMs = new LatencyWindow(SAMPLES);
  readonly #tokensPerSecond = new LatencyWindow(SAMPLES);
  #errorRate: number | undefined;
  #attempts = 0;
  #medians: { readonly firstTokenMs: number | undefined; readonly tokensPerSecond: number | undefined } = {
    firstTokenMs: undefined,
    tokensPerSecond: undefined,
  };
  #sinceRefresh = 0;

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

  facts(): LiveFacts {
    const { firstTokenMs, tokensPerSecond } = this.#medians;
    return { firstTokenMs, tokensPerSecond, errorRate: this.#errorRate, attempts: this.#attempts };
  }

  /** A percentile of the time to the first token, once there are so many samples. */
  firstTokenPercentile(percentile: number, minSamples: number): number | undefined {
    return this.#firstTokenMs.size < minSamples ? undefined : this.#firstTokenMs.percentile(percentile);
  }

  #note(failure: 0 | 1): void {
    this.#attempts++;
    const before = this.#errorRate ?? 0;
    this.#errorRate = before + LATEST_WEIGHT * (failure - before);
  }
}
