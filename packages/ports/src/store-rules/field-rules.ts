import { invalidValue } from "./store-errors.js";

const LONGEST_ID = 400;
const NANO = 1e9;
/** Above about twice this, a double of USD no longer tells billionths apart. */
const LARGEST_NANO_USD = 1e15;
const INSTANT = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;
/** The normal form itself, of any day that every year has. */
const NORMAL_INSTANT =
  /^(?!0000)\d{4}-(?:(?:0[13-9]|1[0-2])-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const DAY = /^(?!0000)\d{4}-\d{2}-\d{2}$/;

/** Checks an id: 1–400 characters, so that a database can index it. @throws `store.invalid`. */
export function checkId(store: string, field: string, id: string): void {
  if (typeof id !== "string" || id.length === 0 || id.length > LONGEST_ID) {
    throw invalidValue(store, field, `an id is a text of 1–${LONGEST_ID} characters`);
  }
}

/** An instant in its normal form, ISO 8601 in UTC with milliseconds. @throws `store.invalid`. */
export function toInstant(store: string, field: string, text: string): string {
  if (typeof text === "string" && NORMAL_INSTANT.test(text)) return text;
  const time = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw invalidValue(store, field, "an instant is ISO 8601 in UTC, such as 2026-05-01T09:30:00.000Z");
  }
  return new Date(time).toISOString();
}

/** Checks an ISO date. @throws `store.invalid`. */
export function checkDay(store: string, field: string, day: string): void {
  const time = DAY.test(day) ? Date.parse(day) : Number.NaN;
  // `2026-02-31` parses in some engines, as a day in March
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day) {
    throw invalidValue(store, field, "a day is an ISO date, such as 2026-05-01");
  }
}

/** Checks a count or an index: a whole number ≥ 0 that a double holds exactly. @throws `store.invalid`. */
export function checkWhole(store: string, field: string, value: number): void {
  if (!isWhole(value)) throw invalidValue(store, field, "it is not a whole number ≥ 0");
}

export function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** USD as whole billionths, rounded. @throws `store.invalid` below 0 or above 1,000,000 USD. */
export function toNanoUsd(store: string, field: string, usd: number): number {
  const nano = Math.round(usd * NANO);
  if (!(nano >= 0 && nano <= LARGEST_NANO_USD)) {
    throw invalidValue(store, field, "a cost is a number of USD from 0 to 1,000,000");
  }
  return nano;
}

/** Whole billionths as USD: the double nearest to the decimal. */
export function fromNanoUsd(nanoUsd: number): number {
  return nanoUsd / NANO;
}
