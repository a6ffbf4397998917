import { checkOption } from "../resilience/check-option.js";

/**
 * How long a budget lasts before it begins anew, in UTC. Weeks begin on Monday; a length of one's own is counted from the
 * Unix epoch.
 */
export type BudgetPeriod = "minute" | "hour" | "day" | "week" | "month" | { readonly ms: number };

/** One span of time that a budget lasts. */
export interface BudgetWindow {
  /** Tells it from all other windows, of other periods too: `2026-11-21`. */
  readonly name: string;
  /** Milliseconds since the epoch, inclusive. */
  readonly startMs: number;
  /** Milliseconds since the epoch, exclusive; `Infinity` for a budget that never begins anew. */
  readonly endMs: number;
  /** `endMs` as ISO 8601 in UTC. */
  readonly endsAt?: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** The epoch was a Thursday. */
const MONDAY_OFFSET_MS = 3 * DAY_MS;
const LONGEST_PERIOD_MS = 36_525 * DAY_MS;
const NAMED_PERIODS: readonly string[] = ["minute", "hour", "day", "week", "month"];
const FOR_EVER: BudgetWindow = {
  name: "ever",
  startMs: Number.NEGATIVE_INFINITY,
  endMs: Number.POSITIVE_INFINITY,
};

/** The windows of one budget. Remembers the latest, since most calls fall into the same. */
export class BudgetWindows {
  readonly #period: BudgetPeriod | undefined;
  #latest: BudgetWindow | undefined;

  constructor(period: BudgetPeriod | undefined) {
    this.#period = period;
  }

  /** The window that holds an instant, in milliseconds since the epoch. */
  at(nowMs: number): BudgetWindow {
    const latest = this.#latest;
    if (latest && nowMs >= latest.startMs && nowMs < latest.endMs) return latest;
    const window = this.#period === undefined ? FOR_EVER : windowOf(this.#period, nowMs);
    this.#latest = window;
    return window;
  }
}

function windowOf(period: BudgetPeriod, nowMs: number): BudgetWindow {
  switch (period) {
    case "minute":
      return spanOf(nowMs, MINUTE_MS, (startsAt) => startsAt.slice(0, 16));
    case "hour":
      return spanOf(nowMs, HOUR_MS, (startsAt) => startsAt.slice(0, 13));
    case "day":
      return spanOf(nowMs, DAY_MS, (startsAt) => startsAt.slice(0, 10));
    case "week":
      return spanOf(nowMs, WEEK_MS, (startsAt) => `week-${startsAt.slice(0, 10)}`, MONDAY_OFFSET_MS);
    case "month":
      return monthOf(nowMs);
    default:
      return spanOf(nowMs, period.ms, (startsAt) => `${period.ms}ms-${startsAt}`);
  }
}

/** @param offsetMs - How long before the epoch a span of this length began. */
function spanOf(
  nowMs: number,
  lengthMs: number,
  toName: (startsAt: string) => string,
  offsetMs = 0,
): BudgetWindow {
  const startMs = Math.floor((nowMs + offsetMs) / lengthMs) * lengthMs - offsetMs;
  return toWindow(startMs, startMs + lengthMs, toName);
}

function monthOf(nowMs: number): BudgetWindow {
  const now = new Date(nowMs);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  return toWindow(Date.UTC(year, month), Date.UTC(year, month + 1), (startsAt) => startsAt.slice(0, 7));
}

function toWindow(startMs: number, endMs: number, toName: (startsAt: string) => string): BudgetWindow {
  const name = toName(new Date(startMs).toISOString());
  return { name, startMs, endMs, endsAt: new Date(endMs).toISOString() };
}

/** @throws TypeError or RangeError naming the option. */
export function checkPeriod(path: string, period: unknown): void {
  if (period === undefined || NAMED_PERIODS.includes(period as string)) return;
  if (typeof period !== "object" || period === null || !("ms" in period)) {
    throw new TypeError(
      `${path} must be one of ${NAMED_PERIODS.join(", ")} or { ms }, got ${JSON.stringify(period)}`,
    );
  }
  checkOption(
    `${path}.ms`,
    period.ms as number,
    "a whole number of milliseconds from 1 to those of 100 years",
    (ms) => Number.isInteger(ms) && ms >= 1 && ms <= LONGEST_PERIOD_MS,
  );
}

/** The period in words: `day`, `5000 ms`. */
export function describePeriod(period: BudgetPeriod): string {
  return typeof period === "string" ? period : `${period.ms} ms`;
}
