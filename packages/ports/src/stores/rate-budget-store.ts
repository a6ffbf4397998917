import type { CallOptions } from "../call-options.js";

/** How many calls may be made in a span of time. */
export interface RateWindow {
  /** Such as `10s` or `day/search`; 1–100 characters. */
  readonly name: string;
  /** Whole number, at least 1. */
  readonly limit: number;
  /** In milliseconds, 1–604,800,000. */
  readonly windowMs: number;
}

/** Leave to make calls, or how long to wait before asking again, in milliseconds, and for which window. */
export type RateGrant =
  | { readonly granted: true }
  | { readonly granted: false; readonly waitMs: number; readonly window: string };

/** Rate limits that several processes keep together, by credential. */
export interface RateBudgetStore {
  readonly port: "rate-budget-store/1";
  /**
   * Takes leave for calls in all the windows, or in none. In no span of a window's length are more calls granted than its limit,
   * however many ask at once; up to a tenth of the limit may stay unused.
   *
   * @param want.key - The credential, by a name or a hash of it, never itself; 1–400 characters.
   * @param want.calls - Whole number from 1 to the least limit. @defaultValue 1
   * @param want.share - Which part of each limit this caller may fill, so that the rest is left to others. 0–1; above 0, calls that
   * are more than it in one go pass where nothing else was taken. @defaultValue 1
   */
  take(
    want: {
      readonly key: string;
      readonly windows: readonly RateWindow[];
      readonly calls?: number | undefined;
      readonly share?: number | undefined;
    },
    call?: CallOptions,
  ): Promise<RateGrant>;
  /**
   * What the service said: how much of a window is left, or that it takes no call for a while. Less than is known is taken in;
   * more is not, since calls may be under way.
   */
  learn(
    told: {
      readonly key: string;
      readonly window: RateWindow;
      /** Calls left, and when the window is new, in milliseconds from now. */
      readonly remaining?: number | undefined;
      readonly resetMs?: number | undefined;
      /** No call of this window for so long, in milliseconds. */
      readonly blockedMs?: number | undefined;
    },
    call?: CallOptions,
  ): Promise<void>;
}
