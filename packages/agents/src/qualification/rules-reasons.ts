import type { CriterionScore, RulesScore } from "../scoring/rules-score.js";

/** Reasons that are told of a score by rules. */
const REASONS = 5;

/** What decided a score by rules: what rules the lead out first, then what gave or cost the most points. */
export function rulesReasons({ criteria, disqualifiedBy }: RulesScore): string[] {
  return criteria
    .filter(({ outcome }) => outcome !== "unknown" && outcome !== "clear")
    .sort((left, right) => weightOf(right, disqualifiedBy) - weightOf(left, disqualifiedBy))
    .slice(0, REASONS)
    .map(({ label, evidence }) => `${label}: ${evidence}`);
}

/** How much a criterion moved the score, in points given, taken, or missed. */
function weightOf(criterion: CriterionScore, disqualifiedBy: string | undefined): number {
  if (criterion.name === disqualifiedBy) return Number.POSITIVE_INFINITY;
  const { points, maxPoints } = criterion;
  return Math.max(Math.abs(points), Math.abs(maxPoints - points));
}
