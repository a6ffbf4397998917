/** Which part of a list to read. */
export interface PageRequest {
  /** The `next` of the page before; absent for the first page. */
  readonly after?: string | undefined;
  /** Whole number, 1–1,000. @defaultValue 100 */
  readonly limit?: number | undefined;
}

/** One page of a list, in a stable order; rows added meanwhile are not repeated and none is skipped. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; absent on the last page. */
  readonly next?: string;
}
