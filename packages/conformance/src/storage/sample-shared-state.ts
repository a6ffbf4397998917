import type {
  BreakerRecord,
  BudgetAmounts,
  BudgetClaim,
  BudgetReservation,
  CacheEntry,
  VectorItem,
} from "@salesagent/ports";

/** Instants that are over, and that are to come, by any clock that a suite runs under. */
export const LONG_AGO = "2001-01-01T00:00:00.000Z";
export const FAR_AHEAD = "2999-01-01T00:00:00.000Z";

export const NOTHING: BudgetAmounts = { nanoUsd: 0, tokens: 0, calls: 0 };

/** Amounts of a call; what is not given is 0. */
export function amounts(changes: Partial<BudgetAmounts>): BudgetAmounts {
  return { ...NOTHING, ...changes };
}

/** A claim without an end. */
export function claim(key: string, limits: Partial<BudgetAmounts> = {}): BudgetClaim {
  return { key, limits };
}

/** A reservation of one call under `tenant/ever`, without limits. */
export function sampleReservation(id: string, changes: Partial<BudgetReservation> = {}): BudgetReservation {
  return {
    id,
    claims: [claim("tenant/ever")],
    amounts: { nanoUsd: 500, tokens: 40, calls: 1 },
    leaseUntil: FAR_AHEAD,
    ...changes,
  };
}

export function sampleEntry(key: string, changes: Partial<CacheEntry> = {}): CacheEntry {
  return { key, value: { text: "hello" }, createdAt: LONG_AGO, expiresAt: FAR_AHEAD, ...changes };
}

export function sampleBreaker(name: string, changes: Partial<BreakerRecord> = {}): BreakerRecord {
  return { name, state: "closed", changedAt: "2026-05-01T09:00:00.000Z", ...changes };
}

export function sampleItem(
  id: string,
  numbers: readonly number[],
  changes: Partial<VectorItem> = {},
): VectorItem {
  return { id, vector: Float32Array.from(numbers), data: { answer: id }, ...changes };
}
