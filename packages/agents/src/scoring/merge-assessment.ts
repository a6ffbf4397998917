import { tierOf } from "../profile/resolve-tiers.js";
import type { CompiledProfile } from "./compile-profile.js";
import { type Advice, decideNextAction } from "./next-action.js";
import type { NextAction, RulesScore } from "./rules-score.js";

/** What a model thinks of a lead. */
export interface ModelAssessment {
  /** 0–100. */
  readonly score: number;
  /** How sure it is, 0–1. */
  readonly confidence: number;
  readonly reasons: readonly string[];
  /** What it would like to know, in its own words. */
  readonly missing: readonly string[];
  readonly nextAction: NextAction;
}

/**
 * How a model's judgement counts beside the rules.
 *
 * - `bounded`: it moves the rules' score toward its own, by at most `maxShift` × its confidence.
 * - `rules-only`: the rules' score stands; the model's reasons are kept.
 * - `model-first`: the model's score stands.
 *
 * Under each of them the rules' cap holds: no model lifts a lead that is excluded, misses a requirement, or is hardly known.
 */
export type MergePolicy =
  | {
      readonly mode: "bounded";
      /** Points, 0–100. @defaultValue 20 */
      readonly maxShift?: number | undefined;
    }
  | { readonly mode: "rules-only" }
  | { readonly mode: "model-first" };

/** The rules' and a model's view of a lead in one. */
export interface MergedScore {
  /** Whole, 0–100. */
  readonly score: number;
  readonly tier: string;
  /** 0–1, two decimals: the rules', the model's (`model-first`), or the mean of both (`bounded`). */
  readonly confidence: number;
  readonly qualified: boolean;
  readonly disqualifiedBy?: string;
  readonly rulesScore: number;
  /** As the model gave it, rounded and held to 0–100. */
  readonly modelScore: number;
  /** How the two became one, in a sentence. */
  readonly why: string;
  /** The model's. */
  readonly reasons: readonly string[];
  /** Labels of the fields that the rules miss, heaviest first, then what the model asks for. */
  readonly missing: readonly string[];
  readonly nextAction: NextAction;
  readonly nextActionReason: string;
}

/** Points that a model may move a score by when it is quite sure. */
const DEFAULT_MAX_SHIFT = 20;

function held(value: number, max: number, path: string): number {
  if (Number.isNaN(value)) throw new RangeError(`${path} must be a number from 0 to ${max}, got NaN`);
  return Math.min(max, Math.max(0, value));
}

interface Judged {
  readonly rules: number;
  readonly model: number;
  readonly modelConfidence: number;
}

/** The score before the cap, and the sentence that explains it. */
function judge(
  { rules, model, modelConfidence }: Judged,
  policy: MergePolicy,
): { score: number; why: string } {
  const both = `rules ${rules}, model ${model} (confidence ${modelConfidence})`;
  switch (policy.mode) {
    case "rules-only":
      return { score: rules, why: `${both}: the rules decide` };
    case "model-first":
      return { score: model, why: `${both}: the model decides` };
    case "bounded": {
      const maxShift = held(policy.maxShift ?? DEFAULT_MAX_SHIFT, 100, "policy.maxShift");
      const limit = Math.floor(maxShift * modelConfidence);
      const shift = Math.max(-limit, Math.min(limit, model - rules));
      const moved = shift === 0 ? "not moved" : `${shift > 0 ? "raised" : "lowered"} by ${Math.abs(shift)}`;
      return { score: rules + shift, why: `${both}: ${moved}, of ${limit} allowed` };
    }
  }
}

function mergedConfidence(rules: number, model: number, mode: MergePolicy["mode"]): number {
  if (mode === "rules-only") return rules;
  return Math.round((mode === "model-first" ? model : (rules + model) / 2) * 100) / 100;
}

/** Where the model is more careful than the score, its care wins; it never makes anything bolder. */
function adviseWith(model: NextAction, advice: Advice, mode: MergePolicy["mode"]): Advice {
  if (mode === "rules-only" || advice.nextAction !== "contact" || model === "contact") return advice;
  if (model === "disqualify" && mode === "bounded") {
    return {
      nextAction: "research",
      nextActionReason: "The score qualifies, but the model would drop it: look first.",
    };
  }
  return { nextAction: model, nextActionReason: `The score qualifies, but the model advises to ${model}.` };
}

/**
 * Merges a model's assessment into the rules' score. Pure.
 *
 * @param compiled - The profile that the rules' score was made with: it has the tiers.
 * @param policy - @defaultValue `{ mode: "bounded", maxShift: 20 }`
 * @throws RangeError where a number of the assessment or the policy is NaN; numbers out of range are held to it.
 */
export function mergeAssessment(
  compiled: CompiledProfile,
  rules: RulesScore,
  model: ModelAssessment,
  policy: MergePolicy = { mode: "bounded" },
): MergedScore {
  const { tiers, minConfidence } = compiled;
  const modelScore = Math.round(held(model.score, 100, "model.score"));
  const modelConfidence = held(model.confidence, 1, "model.confidence");
  const judged = judge({ rules: rules.score, model: modelScore, modelConfidence }, policy);
  const { cap, disqualifiedBy } = rules;
  const score = Math.min(cap?.max ?? 100, judged.score);
  const capped =
    cap !== undefined && judged.score > cap.max ? `; held at ${cap.max}, since ${cap.reason}` : "";
  const bestScore = Math.max(score, rules.bestScore);
  const facts = { ...rules, score, bestScore };
  const barrier = rules.criteria.find(({ name }) => name === disqualifiedBy);
  const byScore = decideNextAction(facts, barrier, tiers, minConfidence);
  const advice = adviseWith(model.nextAction, byScore, policy.mode);
  return {
    score,
    tier: tierOf(score, tiers.bands),
    confidence: mergedConfidence(rules.confidence, modelConfidence, policy.mode),
    qualified: advice.nextAction === "contact",
    ...(disqualifiedBy === undefined ? {} : { disqualifiedBy }),
    rulesScore: rules.score,
    modelScore,
    why: `${judged.why}${capped}.`,
    reasons: model.reasons,
    missing: [...new Set([...rules.missing.map(({ label }) => label), ...model.missing])],
    ...advice,
  };
}
