import { checkOption, checkWhole } from "./check-option.js";

/**
 * Percentiles of the last samples, such as the time to the first token. Adding costs nanoseconds; the first percentile
 * after an addition sorts, O(n log n), and others until the next addition are looked up.
 */
export class LatencyWindow {
  readonly #samples: Float64Array;
  #sorted: Float64Array | undefined;
  #added = 0;

  /**
   * @param capacity - How many samples are kept, a whole number ≥ 1; older ones drop out. @defaultValue 128
   * @throws RangeError
   */
  constructor(capacity = 128) {
    checkWhole("latencyWindow.capacity", capacity, 1);
    this.#samples = new Float64Array(capacity);
  }

  /** Samples that are kept. */
  get size(): number {
    return Math.min(this.#added, this.#samples.length);
  }

  /**
   * @param value - A finite number ≥ 0, in whatever unit the window holds.
   * @throws RangeError
   */
  add(value: number): void {
    checkOption("latencyWindow.add: value", value, "a finite number ≥ 0", (it) => it >= 0 && it < Infinity);
    this.#samples[this.#added % this.#samples.length] = value;
    this.#added += 1;
    this.#sorted = undefined;
  }

  /**
   * The nearest-rank percentile: the smallest sample that at least this share of all does not exceed.
   *
   * @param share - 0.5 is the median, 0 the least, 1 the greatest.
   * @returns Undefined without samples.
   * @throws RangeError
   */
  percentile(share: number): number | undefined {
    checkOption("latencyWindow.percentile: share", share, "a number from 0 to 1", (it) => it >= 0 && it <= 1);
    this.#sorted ??= this.#samples.slice(0, this.size).sort();
    return this.#sorted[Math.max(0, Math.ceil(share * this.#sorted.length) - 1)];
  }
}
