import type { Criterion } from "../profile/ideal-customer-profile.js";
import type { CriterionRole } from "./rules-score.js";

/**
 * Millionths of a point. Points are whole numbers of these, so that their sum does not depend on the order of adding.
 */
export const MICROS_PER_POINT = 1_000_000;

/** Weight of a criterion that names none. */
const DEFAULT_WEIGHT = 1;

/** Parts that all weights together make up when confidence is counted. */
export const CONFIDENCE_PARTS = 1_000_000;

/** What a criterion is worth in its profile. */
export interface WeighedCriterion {
  readonly role: CriterionRole;
  readonly weight: number;
  /** The most that it gives, or takes where below 0. */
  readonly maxMicros: number;
  /** Its part of the whole weight. */
  readonly confidenceParts: number;
}

function roleOf({ required, negative, exclude }: Criterion): CriterionRole {
  if (exclude === true) return "exclude";
  if (negative === true) return "negative";
  return required === true ? "required" : "for";
}

/** Added from the smallest up, so that the order of the criteria does not matter. */
const sum = (weights: readonly number[]): number =>
  [...weights].sort((a, b) => a - b).reduce((total, weight) => total + weight, 0);

/** Turns weights into points: what gives them shares 100, what takes them takes at the same rate. */
export function weighCriteria(criteria: readonly Criterion[]): WeighedCriterion[] {
  const weights = criteria.map((criterion) => {
    const role = roleOf(criterion);
    return { role, weight: role === "exclude" ? 0 : (criterion.weight ?? DEFAULT_WEIGHT) };
  });
  const giving = sum(weights.flatMap(({ role, weight }) => (role === "negative" ? [] : [weight])));
  const total = sum(weights.map(({ weight }) => weight));
  return weights.map(({ role, weight }) => {
    const micros = Math.round((weight / giving) * 100 * MICROS_PER_POINT);
    return {
      role,
      weight,
      maxMicros: role === "negative" ? -micros : micros,
      confidenceParts: Math.round((weight / total) * CONFIDENCE_PARTS),
    };
  });
}
