import type { PrunedRecords, RetentionLimits } from "../stores/retention-store.js";
import { toInstant } from "./field-rules.js";

const DEFAULT_LIMIT = 1000;
const LARGEST_LIMIT = 10_000;
const KINDS = [
  "checkpoints",
  "flows",
  "runs",
  "effects",
  "approvals",
  "messages",
  "audit",
  "budgets",
  "syncRuns",
  "syncEntries",
  "conflicts",
  "deadLetters",
  "inbox",
  "streams",
] as const satisfies readonly (keyof RetentionLimits)[];

/** What to drop, with nothing left out. */
export interface NormalRetention {
  readonly limits: RetentionLimits;
  /** The most of each kind. */
  readonly limit: number;
}

/** @throws RangeError when `want.limit` is not a whole number from 1 to 10,000; `store.invalid` for a time that is none. */
export function toNormalRetention(
  want: RetentionLimits & { readonly limit?: number | undefined },
): NormalRetention {
  const { limit = DEFAULT_LIMIT } = want;
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT) {
    throw new RangeError(`want.limit must be a whole number from 1 to ${LARGEST_LIMIT}, got ${limit}`);
  }
  const limits: Partial<Record<keyof RetentionLimits, string>> = {};
  for (const kind of KINDS) {
    const time = want[kind];
    if (time !== undefined) limits[kind] = toInstant("retention", `want.${kind}`, time);
  }
  return { limits, limit };
}

/** Counts of all kinds; what is not given is 0. */
export function toPrunedRecords(counts: Partial<PrunedRecords>): PrunedRecords {
  const nothing = { checkpoints: 0, flows: 0, runs: 0, effects: 0, approvals: 0, messages: 0, audit: 0 };
  const nothingOfSyncs = { syncRuns: 0, syncEntries: 0, conflicts: 0, deadLetters: 0, inbox: 0 };
  return Object.freeze({ ...nothing, budgets: 0, ...nothingOfSyncs, streams: 0, expired: 0, ...counts });
}
