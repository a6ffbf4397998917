import type { CallOptions } from "@salesagent/ports";
import type { RateFact } from "./rate-facts.js";

/** Who asks a rate budget for leave. */
export interface RateWant extends CallOptions {
  /** The group of endpoints; without one, only windows that are for all count. */
  readonly group?: string | undefined;
  /** `bulk` may fill only a part of each window. @defaultValue "interactive" */
  readonly priority?: "interactive" | "bulk" | undefined;
  /** The longest wait, in milliseconds. @defaultValue 60,000 */
  readonly maxWaitMs?: number | undefined;
}

/** What an answer told a rate budget. */
export interface RateNews {
  readonly group?: string | undefined;
  readonly facts: readonly RateFact[];
  /** Set for a 429: how long to wait, where that is known, and which windows it is about. */
  readonly refused?: {
    readonly waitMs?: number | undefined;
    readonly windows?: readonly string[] | undefined;
  };
}

/** The rate limits of one credential, kept together by all who use it. */
export interface RateBudget {
  readonly name: string;
  /**
   * Waits for leave to make one call, first come first served among those of its group and priority.
   *
   * @returns How long it waited, in milliseconds.
   * @throws SalesAgentError `call.wait_too_long`, and nothing is taken; what the store throws; the signal's reason.
   */
  take(want?: RateWant): Promise<number>;
  /** Takes in what an answer told. It never fails and nobody waits for it. */
  learn(news: RateNews): void;
}
