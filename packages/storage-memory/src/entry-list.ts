import type { Page } from "@salesagent/ports";
import { type Cursor, type NormalPage, toCursorText } from "@salesagent/ports/store-rules";

/** A row and its place: by `order`, and among equals by `seq`, the order of storing. */
export interface Entry<Row> extends Cursor {
  readonly id: string;
  /** What it is looked up by besides its id. */
  readonly group: string | undefined;
  row: Row;
  /** The write of the tenant that touched it last. */
  version: number;
}

/** Which rows to read, and from which end. */
export interface Scan<Row> {
  readonly page: NormalPage;
  readonly descending?: boolean;
  readonly where?: (row: Row) => boolean;
  /** Another order than that of the list; rows without a place in it are left out. */
  readonly orderOf?: (row: Row) => number | undefined;
}

export function compare(left: Cursor, right: Cursor): number {
  return left.order - right.order || left.seq - right.seq;
}

/** Where `place` stands, or would stand, in a sorted list: the number of entries before it. */
function countBefore(entries: readonly Cursor[], place: Cursor): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && compare(entry, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds to a sorted list. Rows mostly arrive in order, so this mostly appends. */
export function insertSorted<E extends Cursor>(entries: E[], entry: E): void {
  const last = entries.at(-1);
  if (last === undefined || compare(last, entry) < 0) entries.push(entry);
  else entries.splice(countBefore(entries, entry), 0, entry);
}

/** Takes entries out of a sorted list: one, which it holds, at its place; of many those that it holds, in one pass. */
export function removeSorted<E extends Cursor>(entries: E[], gone: ReadonlySet<E>): void {
  const [only] = gone;
  if (gone.size === 1 && only !== undefined) {
    entries.splice(countBefore(entries, only), 1);
    return;
  }
  if (gone.size === 0) return;
  let kept = 0;
  for (const entry of entries) {
    if (gone.has(entry)) continue;
    entries[kept] = entry;
    kept += 1;
  }
  entries.length = kept;
}

/** Walks one sorted list in either direction, from behind a place. */
function walk<E extends Cursor>(
  entries: readonly E[],
  after: Cursor | undefined,
  descending: boolean,
): { peek(): E | undefined; step(): void } {
  const stride = descending ? -1 : 1;
  let index = descending ? entries.length - 1 : 0;
  if (after !== undefined) {
    index = countBefore(entries, after);
    if (descending) index -= 1;
    else if (entries[index]?.order === after.order && entries[index]?.seq === after.seq) index += 1;
  }
  return {
    peek: () => entries[index],
    step() {
      index += stride;
    },
  };
}

function reorder<Row>(
  entries: readonly Entry<Row>[],
  rowOf: (entry: Entry<Row>) => Row,
  orderOf: (row: Row) => number | undefined,
): readonly Entry<Row>[] {
  const placed = entries.flatMap((entry) => {
    const row = rowOf(entry);
    const order = orderOf(row);
    return order === undefined ? [] : { ...entry, row, order };
  });
  return placed.sort(compare);
}

/** Reads one page out of two sorted lists as if they were one. `rowOf` tells what an entry holds. */
export function readPage<Row>(
  lists: readonly [readonly Entry<Row>[], readonly Entry<Row>[]],
  rowOf: (entry: Entry<Row>) => Row,
  { page, descending = false, where, orderOf }: Scan<Row>,
): Page<Row> {
  if (orderOf !== undefined) {
    const reordered = reorder(lists.flat(), rowOf, orderOf);
    return readPage([reordered, []], ({ row }) => row, { page, descending, ...(where && { where }) });
  }
  const [left, right] = [walk(lists[0], page.after, descending), walk(lists[1], page.after, descending)];
  const items: Row[] = [];
  let last: Cursor | undefined;
  for (;;) {
    const [one, other] = [left.peek(), right.peek()];
    const takesLeft = other === undefined || (one !== undefined && compare(one, other) < 0 !== descending);
    const entry = takesLeft ? one : other;
    if (entry === undefined) return { items };
    const row = rowOf(entry);
    if (where === undefined || where(row)) {
      if (items.length === page.limit && last !== undefined) return { items, next: toCursorText(last) };
      items.push(row);
      last = entry;
    }
    (takesLeft ? left : right).step();
  }
}
