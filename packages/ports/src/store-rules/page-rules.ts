import type { PageRequest } from "../stores/page.js";
import { invalidValue } from "./store-errors.js";

const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 1000;
/** The range of a Date, in milliseconds. */
const LARGEST_ORDER = 8.64e15;
const CURSOR = /^(-?\d{1,16})\.(\d{1,16})$/;

/** A place in a list: the last row read, by its sort value and, among equals, by the order of storing. */
export interface Cursor {
  readonly order: number;
  readonly seq: number;
}

/** A page request with nothing left out. */
export interface NormalPage {
  readonly after: Cursor | undefined;
  readonly limit: number;
}

/**
 * @throws RangeError when `page.limit` is not a whole number from 1 to 1,000; `store.invalid` when `page.after` is not
 * the `next` of a page.
 */
export function toNormalPage(store: string, page: PageRequest = {}): NormalPage {
  const { limit = DEFAULT_LIMIT, after } = page;
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT) {
    throw new RangeError(`page.limit must be a whole number from 1 to ${LARGEST_LIMIT}, got ${limit}`);
  }
  return { limit, after: after === undefined ? undefined : fromCursorText(store, after) };
}

/** The cursor as callers see it. */
export function toCursorText({ order, seq }: Cursor): string {
  return `${order}.${seq}`;
}

function fromCursorText(store: string, text: string): Cursor {
  const [, order, seq] = CURSOR.exec(text) ?? [];
  if (order === undefined || seq === undefined || Math.abs(Number(order)) > LARGEST_ORDER) {
    throw invalidValue(store, "page.after", "it is not the `next` of a page of this list");
  }
  return { order: Number(order), seq: Number(seq) };
}
