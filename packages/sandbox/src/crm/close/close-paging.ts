import { microsOf } from "../shared/world-clock.js";
import { type CloseDoc, pickFields } from "./close-doc.js";
import { stampText } from "./close-query.js";
import { plainRefusal } from "./close-refusal.js";

/** How far a list goes. */
export interface PageCaps {
  readonly maxLimit: number;
  readonly maxSkip: number;
}

type Doc = Readonly<Record<string, unknown>>;

/** A page of a list by `_limit` and `_skip`. */
export function pageOf<T extends Doc>(
  docs: readonly T[],
  query: URLSearchParams,
  { maxLimit, maxSkip }: PageCaps,
  render: (doc: T) => Doc = (doc) => doc,
): Record<string, unknown> {
  const limit = wholeNumber(query, "_limit", Math.min(100, maxLimit));
  const skip = wholeNumber(query, "_skip", 0);
  if (limit > maxLimit) throw plainRefusal(`_limit: the maximum is ${maxLimit}`);
  if (skip > maxSkip) throw plainRefusal(`_skip: the maximum is ${maxSkip}`);
  const fields = fieldsOf(query);
  return {
    data: docs.slice(skip, skip + limit).map((doc) => pickFields(render(doc), fields)),
    has_more: docs.length > skip + limit,
    total_results: docs.length,
  };
}

/** `_fields`, where it was given. */
export function fieldsOf(query: URLSearchParams): readonly string[] | undefined {
  return query.get("_fields")?.split(",");
}

function wholeNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (!/^\d+$/.test(text)) throw plainRefusal(`${name}: must be a whole number`);
  return Number(text);
}

const OPERATORS = {
  gt: (value: string, bound: string) => value > bound,
  gte: (value: string, bound: string) => value >= bound,
  lt: (value: string, bound: string) => value < bound,
  lte: (value: string, bound: string) => value <= bound,
};

/** Whether a document is within the `date_…__gte` bounds of a query, for the dates named. */
export function withinDates(
  doc: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
  dates: readonly string[],
): boolean {
  return dates.every((date) =>
    Object.entries(OPERATORS).every(([operator, holds]) => {
      const text = query.get(`${date}__${operator}`);
      if (text === null) return true;
      const [value, bound] = [microsOf(String(doc[date] ?? "")), microsOf(text)];
      if (bound === undefined) throw plainRefusal(`${date}__${operator}: not a date`);
      return value !== undefined && holds(stampText(value), stampText(bound));
    }),
  );
}

/** Whether a field is one of those that a query names by `field` or `field__in`. */
export function isOneOf(
  doc: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
  field: string,
): boolean {
  const [one, many] = [query.get(field), query.get(`${field}__in`)];
  const value = String(doc[field] ?? "");
  return (one === null || one === value) && (many === null || many.split(",").includes(value));
}

/** In the order of `_order_by`. @throws CloseRefusal where the list can't be ordered by it. */
export function ordered(
  docs: readonly CloseDoc[],
  query: URLSearchParams,
  allowed: readonly string[],
): CloseDoc[] {
  const asked = query.get("_order_by");
  if (asked === null) return [...docs].reverse();
  const field = asked.replace(/^-/, "");
  if (!allowed.includes(field)) throw plainRefusal(`_order_by: can't be ${asked}`);
  const step = asked.startsWith("-") ? -1 : 1;
  const key = (doc: CloseDoc) => doc[field];
  return [...docs].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === right) return 0;
    if (typeof left === "number" && typeof right === "number") return step * (left - right);
    return String(left ?? "") < String(right ?? "") ? -step : step;
  });
}
