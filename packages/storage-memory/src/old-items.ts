import type { TenantTables } from "./tenant-tables.js";

/** Which records to drop: those of before a time, as many as may go. */
export interface Span {
  readonly before?: string;
  readonly limit: number;
  /** The time by the storage's clock. */
  readonly instant: string;
}

/** What drops records of one kind. @returns How many went. */
export type Prune = (tables: TenantTables, span: Span) => number;

/** The items of a span, the oldest first. Those without a time stay. */
export function findOld<Item>(
  items: Iterable<Item>,
  timeOf: (item: Item) => string | undefined,
  { before, limit }: Span,
): readonly Item[] {
  const old: { readonly item: Item; readonly time: string }[] = [];
  for (const item of items) {
    const time = timeOf(item);
    if (time !== undefined && (before === undefined || time < before)) old.push({ item, time });
  }
  old.sort((left, right) => (left.time < right.time ? -1 : left.time > right.time ? 1 : 0));
  return old.slice(0, limit).map(({ item }) => item);
}
