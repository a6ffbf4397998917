import type { Tiers } from "../profile/resolve-tiers.js";
import type { CriterionScore, MissingField, NextAction, RulesScore } from "./rules-score.js";

/** A next action and why. */
export interface Advice {
  readonly nextAction: NextAction;
  readonly nextActionReason: string;
}

/** What a decision needs to know of a score. */
export type DecisionFacts = Pick<RulesScore, "score" | "bestScore" | "confidence" | "missing" | "criteria">;

/** Missing fields that a reason names. */
const NAMED_FIELDS = 3;

const namesOf = (missing: readonly MissingField[]): string =>
  missing.length === 0
    ? "more about it"
    : missing
        .slice(0, NAMED_FIELDS)
        .map(({ label }) => label)
        .join(", ");

/** The first required criterion that is neither met nor missed. */
export const openRequirement = (criteria: readonly CriterionScore[]): CriterionScore | undefined =>
  criteria.find(
    ({ role, outcome }) => role === "required" && (outcome === "unknown" || outcome === "absent"),
  );

/**
 * Decides what to do, from the surest reason to the weakest: ruled out; worth finding out more, since what is unknown
 * could still qualify it; good enough; promising; too little.
 *
 * @param barrier - The criterion that rules the lead out, if one does.
 */
export function decideNextAction(
  facts: DecisionFacts,
  barrier: CriterionScore | undefined,
  tiers: Tiers,
  minConfidence: number,
): Advice {
  const { score, bestScore, confidence, missing, criteria } = facts;
  if (barrier !== undefined) {
    return { nextAction: "disqualify", nextActionReason: `${barrier.label}: ${barrier.evidence}.` };
  }
  const open = openRequirement(criteria);
  if (bestScore >= tiers.qualifyingScore) {
    if (open !== undefined) {
      return { nextAction: "research", nextActionReason: `${open.label} is required, and ${open.evidence}.` };
    }
    if (confidence < minConfidence) {
      const known = Math.round(confidence * 100);
      return {
        nextAction: "research",
        nextActionReason: `Only ${known}% of the profile is known: find out ${namesOf(missing)}.`,
      };
    }
  }
  return adviseByScore(score, tiers);
}

function adviseByScore(score: number, { qualifyingScore, topOfLowest }: Tiers): Advice {
  if (score >= qualifyingScore) {
    return { nextAction: "contact", nextActionReason: `${score} of 100; ${qualifyingScore} qualify.` };
  }
  if (score > topOfLowest) {
    return {
      nextAction: "nurture",
      nextActionReason: `${score} of 100: fits in part; ${qualifyingScore} qualify.`,
    };
  }
  return { nextAction: "disqualify", nextActionReason: `${score} of 100: fits too little of the profile.` };
}
