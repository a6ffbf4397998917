import type { Cursor } from "@salesagent/ports/store-rules";

/** What a list is sorted by, and how its cursor is read from rows and put into parameters. */
export interface PageOrder {
  /** The columns that sort, all in one direction. */
  readonly columns: readonly string[];
  /** What to select so that {@link toPageCursor} finds the cursor of a row. */
  readonly selected: string;
  /** The values of the columns at a cursor. */
  readonly toValues: (after: Cursor) => readonly unknown[];
}

/** The order of storing. */
export const bySeq: PageOrder = {
  columns: ["seq"],
  selected: "0 as page_order, seq as page_seq",
  toValues: ({ seq }) => [seq],
};

/** By an instant, and within one by the order of storing. */
export function byInstant(column: string): PageOrder {
  return {
    columns: [column, "seq"],
    selected: `(extract(epoch from ${column}) * 1000)::bigint as page_order, seq as page_seq`,
    toValues: ({ order, seq }) => [new Date(order).toISOString(), seq],
  };
}

/** By an index that no two rows of the list share. */
export function byIndex(column: string): PageOrder {
  return {
    columns: [column],
    selected: `${column} as page_order, 0 as page_seq`,
    toValues: ({ order }) => [order],
  };
}
