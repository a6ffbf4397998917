import type { PrunedRecords, RetentionLimits } from "../stores/retention-store.js";
/** What to drop, with nothing left out. */
export interface NormalRetention {
  readonly limits: RetentionLimits;
  /** The most of each kind. */
  readonly limit: number;
}
/** @throws RangeError when `want.limit` is not a whole number from 1 to 10,000; `store.invalid` for a time that is none. */
export declare function toNormalRetention(
  want: RetentionLimits & {
    readonly limit?: number | undefined;
  },
): NormalRetention;
/** Counts of all kinds; what is not given is 0. */
export declare function toPrunedRecords(counts: Partial<PrunedRecords>): PrunedRecords;
