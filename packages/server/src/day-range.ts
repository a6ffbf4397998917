import type { Clock } from "@salesagent/ports";
import { z } from "zod";
import { invalidRequest } from "./request-errors.js";
import { daySchema } from "./routes/time-schemas.js";

const DAY_MS = 86_400_000;
const MOST_DAYS = 400;

/** Days, both inclusive. */
export interface DayRange {
  readonly from: string;
  readonly until: string;
}

/** What routes with figures by day take. */
export const rangeQuery = {
  from: daySchema.optional().describe("The first day, UTC; the first of this month unless told."),
  until: daySchema.optional().describe("The last day, UTC; today unless told."),
};

export const rangeSchema = z.object({ from: daySchema, until: daySchema });

/** @throws `request.invalid` for days in the wrong order, or more than 400. */
export function rangeOf(
  { from, until }: { readonly from?: string | undefined; readonly until?: string | undefined },
  clock: Clock,
): DayRange {
  const today = dayOf(clock.now());
  const last = until ?? (from !== undefined && from > today ? from : today);
  const first = from ?? `${last.slice(0, 7)}-01`;
  const days = (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
  if (days < 1) throw invalidRequest([{ path: "query.until", message: "must not be before query.from" }]);
  if (days > MOST_DAYS) {
    throw invalidRequest([
      { path: "query.from", message: `must be at most ${MOST_DAYS} days before the end` },
    ]);
  }
  return { from: first, until: last };
}

export const dayOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10);

/** The month in which a moment is, as far as today, and when it is over, ISO 8601 in UTC. */
export function monthOf(timeMs: number): DayRange & { readonly resetsAt: string } {
  const until = dayOf(timeMs);
  const date = new Date(timeMs);
  const resetsAt = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)).toISOString();
  return { from: `${until.slice(0, 7)}-01`, until, resetsAt };
}
