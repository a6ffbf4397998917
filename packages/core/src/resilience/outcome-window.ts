import { EventEmitter } from "node:events";
import Opossum from "opossum";

const BUCKETS = 10;

/** How a window of outcomes is made. */
export interface OutcomeWindowSettings {
  readonly name: string;
  /** The share of failed calls that is too much, above 0 and at most 1. */
  readonly errorShare: number;
  /** Below this many calls in the window, nothing is too much. */
  readonly minCalls: number;
  readonly windowMs: number;
}

/**
 * The outcomes of the last while, and whether too many of them were bad. opossum keeps the window and the threshold; it
 * is told of a call when its outcome is known, so that long streams do not skew the share. Its window is moved by our
 * clock, and it sets no timer while it is not {@link OutcomeWindow.tooManyFailures | tripped}.
 */
export class OutcomeWindow {
  readonly #circuit: Opossum<[good: boolean], void>;
  readonly #turn = new EventEmitter();
  readonly #bucketMs: number;
  #bucketFromMs: number;

  /** @param elapsedMs - The present, by the clock's `elapsed()`; so for the methods. */
  constructor(settings: OutcomeWindowSettings, elapsedMs: number) {
    this.#bucketMs = settings.windowMs / BUCKETS;
    this.#bucketFromMs = elapsedMs;
    const done = Promise.resolve();
    const bad = new Error("counted");
    const settle = (good: boolean): Promise<void> => {
      // Thrown in the same turn, so that opossum decides in the same turn.
      if (!good) throw bad;
      return done;
    };
    this.#circuit = new Opossum(settle, {
      name: settings.name,
      // opossum opens above the threshold, never at it; a share of 1 would never open.
      errorThresholdPercentage: settings.errorShare * 100 - 1e-9,
      volumeThreshold: settings.minCalls,
      rollingCountTimeout: settings.windowMs,
      rollingCountBuckets: BUCKETS,
      rotateBucketController: this.#turn,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      timeout: false,
    });
  }

  /** Counts a call. */
  add(good: boolean, elapsedMs: number): void {
    this.#rotate(elapsedMs);
    // The rejection says only what was just put in.
    this.#circuit.fire(good).catch(() => {});
    // opossum keeps each latency of the window, and nobody reads them.
    const bucket = this.#circuit.status.window[0];
    if (bucket) bucket.latencyTimes.length = 0;
  }

  get tooManyFailures(): boolean {
    return this.#circuit.opened;
  }

  /** Calls in the window, and how many of them failed. After {@link close}, those of its last moment. */
  counts(elapsedMs: number): { readonly calls: number; readonly failures: number } {
    this.#rotate(elapsedMs);
    let calls = 0;
    let failures = 0;
    for (const bucket of this.#circuit.status.window) {
      calls += bucket.fires;
      failures += bucket.failures;
    }
    return { calls, failures };
  }

  /** Stops opossum's timer and the moving of the window. */
  close(): void {
    this.#circuit.shutdown();
  }

  #rotate(elapsedMs: number): void {
    const turns = Math.floor((elapsedMs - this.#bucketFromMs) / this.#bucketMs);
    if (turns < 1) return;
    this.#bucketFromMs += turns * this.#bucketMs;
    for (let turn = 0; turn < Math.min(turns, BUCKETS); turn += 1) this.#turn.emit("rotate");
  }
}
