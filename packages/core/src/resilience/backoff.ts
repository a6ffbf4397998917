import { checkOption, checkSpan, checkWhole } from "./check-option.js";

/** What a back-off depends on. */
export interface BackoffOptions {
  /** Which wait this is, from 1 on. */
  readonly attempt: number;
  /** Upper bound of the first wait, in milliseconds. @defaultValue 2,000 */
  readonly baseMs?: number;
  /** Upper bound of any wait, in milliseconds. @defaultValue 60,000 */
  readonly capMs?: number;
  /** How much the bound grows from wait to wait, ≥ 1. @defaultValue 2 */
  readonly factor?: number;
  /** Numbers in [0, 1). @defaultValue Math.random */
  readonly random?: () => number;
}

/**
 * The wait before another try, in whole milliseconds: exponential with full jitter, `random · min(cap, base · factor^n)`.
 *
 * @throws RangeError naming the option that makes no sense.
 * @see "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: full jitter ends contention with the least work.
 */
export function backoffMs(options: BackoffOptions): number {
  const { attempt, baseMs = 2_000, capMs = 60_000, factor = 2, random = Math.random } = options;
  checkWhole("backoff.attempt", attempt, 1);
  checkSpan("backoff.baseMs", baseMs, 0);
  checkSpan("backoff.capMs", capMs, 0);
  checkOption("backoff.factor", factor, "a number ≥ 1", (it) => it >= 1);
  // The power may be infinite, which no base of 0 survives.
  const boundMs = baseMs === 0 ? 0 : Math.min(capMs, baseMs * factor ** (attempt - 1));
  return Math.floor(random() * boundMs);
}
