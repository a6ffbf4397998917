import type { BreakerRecord } from "../stores/breaker-store.js";
import type { BudgetAmounts, BudgetClaim, BudgetReservation } from "../stores/budget-store.js";
import type { CacheEntry } from "../stores/cache-store.js";
import { checkId, checkWhole, isWhole, toInstant } from "./field-rules.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

/** What budgets count, in the order in which a refusal looks at it. */
export const budgetMeasures = [
  "nanoUsd",
  "tokens",
  "calls",
] as const satisfies readonly (keyof BudgetAmounts)[];

const BREAKER_STATES: ReadonlySet<string> = new Set<BreakerRecord["state"]>(["closed", "open", "half-open"]);

/** A text that names something, checked as an id and as text. @throws `store.invalid`. */
export function toNormalId(store: string, field: string, id: string): string {
  checkId(store, field, id);
  return toStorable(store, field, id);
}

/** Every measure, and no other property. @throws `store.invalid`. */
export function toNormalAmounts(field: string, amounts: BudgetAmounts): BudgetAmounts {
  const { nanoUsd, tokens, calls } = amounts;
  if (!isWhole(nanoUsd) || !isWhole(tokens) || !isWhole(calls)) {
    for (const measure of budgetMeasures) checkWhole("budgets", `${field}.${measure}`, amounts[measure]);
  }
  return Object.freeze({ nanoUsd, tokens, calls });
}

/** A limit of an unknown measure would never refuse anything, so it is an error. */
function toNormalLimits(field: string, limits: BudgetClaim["limits"]): BudgetClaim["limits"] {
  for (const [measure, limit] of Object.entries(limits)) {
    if (!(budgetMeasures as readonly string[]).includes(measure)) {
      throw invalidValue(
        "budgets",
        `${field}.${measure}`,
        `a measure is one of ${budgetMeasures.join(", ")}`,
      );
    }
    if (limit !== undefined) checkWhole("budgets", `${field}.${measure}`, limit);
  }
  return toStorable("budgets", field, limits);
}

function toNormalClaim(field: string, { key, limits, windowEndsAt }: BudgetClaim): BudgetClaim {
  return Object.freeze({
    key: toNormalId("budgets", `${field}.key`, key),
    limits: toNormalLimits(`${field}.limits`, limits),
    ...(windowEndsAt === undefined
      ? {}
      : { windowEndsAt: toInstant("budgets", `${field}.windowEndsAt`, windowEndsAt) }),
  });
}

/** The reservation as it is kept: frozen, instants in one form, each key once. @throws `store.invalid`. */
export function toNormalReservation(reservation: BudgetReservation): BudgetReservation {
  const { id, amounts, leaseUntil } = reservation;
  const field = "reservation";
  const keys = new Set<string>();
  const claims = reservation.claims.map((claim, index) => {
    const normal = toNormalClaim(`${field}.claims[${index}]`, claim);
    if (keys.has(normal.key)) {
      throw invalidValue("budgets", `${field}.claims[${index}].key`, "an earlier claim has the same key");
    }
    keys.add(normal.key);
    return normal;
  });
  return Object.freeze({
    id: toNormalId("budgets", `${field}.id`, id),
    claims: Object.freeze(claims),
    amounts: toNormalAmounts(`${field}.amounts`, amounts),
    leaseUntil: toInstant("budgets", `${field}.leaseUntil`, leaseUntil),
  });
}

/** @throws `store.invalid`. */
export function toNormalEntry(entry: CacheEntry): CacheEntry {
  checkId("cache", "entry.key", entry.key);
  return toStorable("cache", "entry", {
    ...entry,
    createdAt: toInstant("cache", "entry.createdAt", entry.createdAt),
    expiresAt: toInstant("cache", "entry.expiresAt", entry.expiresAt),
  });
}

/** @throws `store.invalid`. */
export function toNormalBreaker(record: BreakerRecord): BreakerRecord {
  checkId("breakers", "record.name", record.name);
  if (!BREAKER_STATES.has(record.state)) {
    throw invalidValue("breakers", "record.state", `it is not one of ${[...BREAKER_STATES].join(", ")}`);
  }
  const { retryAt } = record;
  return toStorable("breakers", "record", {
    ...record,
    changedAt: toInstant("breakers", "record.changedAt", record.changedAt),
    ...(retryAt === undefined ? {} : { retryAt: toInstant("breakers", "record.retryAt", retryAt) }),
  });
}
