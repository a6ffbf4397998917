import type { CriterionScore, NextAction } from "../scoring/rules-score.js";

/** Why a result rests on the rules although a model was there. */
export interface Degradation {
  /**
   * Code of the error that kept the model out, such as `model.rate_limited`, `router.exhausted` or `budget.exceeded`;
   * `internal` for one that is not of the family.
   */
  readonly code: string;
  readonly message: string;
}

/** What a qualification says about a lead. Plain data; also what is stored. */
export interface QualificationResult {
  /** Whole, 0–100. */
  readonly score: number;
  readonly tier: string;
  /** 0–1. */
  readonly confidence: number;
  /** True when the next action is `contact`. */
  readonly qualified: boolean;
  /** What speaks for and against, the most telling first. */
  readonly reasons: readonly string[];
  /** Facts that would make the score surer. */
  readonly missing: readonly string[];
  readonly nextAction: NextAction;
  readonly nextActionReason: string;
  /** Every criterion with its evidence, in the order of the profile. */
  readonly criteria: readonly CriterionScore[];
  /** `rules` when the rules alone scored, `model` when a model's judgement was merged in. */
  readonly engine: "rules" | "model";
  readonly rulesScore: number;
  readonly modelScore?: number;
  /** The model, as `provider/model`. */
  readonly model?: string;
  /** How the rules' and the model's view became one. */
  readonly why?: string;
  readonly degraded?: Degradation;
  /** Of all model calls; 0 by rules alone; absent when a price is unknown. */
  readonly costUsd?: number;
  readonly latencyMs: number;
  /** Name of the profile. */
  readonly profile: string;
  /** Changes when the profile, the model, the merge policy or the set-up does: results of one key can be compared. */
  readonly key: string;
}

/** One criterion was judged. */
export interface CriterionEvent extends CriterionScore {
  readonly type: "criterion";
}

/** The rules are done; a model may follow. */
export interface RulesScoredEvent {
  readonly type: "rules-scored";
  readonly score: number;
  readonly tier: string;
  readonly confidence: number;
}

/** The model could not be used: the rules' score stands. */
export interface DegradedEvent extends Degradation {
  readonly type: "degraded";
}

/** What a qualification yields besides the events of every run. */
export type QualificationEvent = CriterionEvent | RulesScoredEvent | DegradedEvent;
