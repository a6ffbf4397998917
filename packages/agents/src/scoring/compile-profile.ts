import type { FieldPath } from "../profile/field-path.js";
import type { IdealCustomerProfile } from "../profile/ideal-customer-profile.js";
import { parseProfile } from "../profile/parse-profile.js";
import {
  DEFAULT_MIN_CONFIDENCE,
  DEFAULT_PRIOR,
  resolveTiers,
  type Tiers,
  tierOf,
} from "../profile/resolve-tiers.js";
import { createRule } from "./create-rule.js";
import { createFieldReader, type FieldReader } from "./field-reader.js";
import { decideNextAction, openRequirement } from "./next-action.js";
import type { Finding } from "./rule.js";
import type { CriterionScore, MissingField, RulesScore, ScorableLead, ScoreCap } from "./rules-score.js";
import { type CompiledCriterion, microsOf, toCriterionScore, toPoints } from "./score-criterion.js";
import { CONFIDENCE_PARTS, MICROS_PER_POINT, weighCriteria } from "./weigh-criteria.js";

/** A profile made ready to score many leads. Immutable; may be shared. */
export interface CompiledProfile {
  readonly profile: IdealCustomerProfile;
  readonly tiers: Tiers;
  readonly minConfidence: number;
  /** Scores one lead by the rules alone. Pure: the same lead gives the same result. Takes some microseconds. */
  score(lead: ScorableLead): RulesScore;
}

function createReaders(): (path: FieldPath) => FieldReader {
  const readers = new Map<FieldPath, FieldReader>();
  return (path) => {
    const reader = readers.get(path) ?? createFieldReader(path);
    readers.set(path, reader);
    return reader;
  };
}

function compileCriteria(profile: IdealCustomerProfile): CompiledCriterion[] {
  const readerOf = createReaders();
  const weighed = weighCriteria(profile.criteria);
  const prior = profile.prior ?? DEFAULT_PRIOR;
  return profile.criteria.flatMap((criterion, index) => {
    const worth = weighed[index];
    if (worth === undefined) return [];
    const { name, label = name } = criterion;
    const priorMicros = worth.maxMicros > 0 ? Math.round(worth.maxMicros * prior) : 0;
    const maxPoints = toPoints(worth.maxMicros);
    return [{ name, label, ...worth, maxPoints, priorMicros, rule: createRule(criterion, readerOf) }];
  });
}

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** Sums while the criteria of one lead are gone through. */
class Tally {
  readonly criteria: CriterionScore[] = [];
  readonly missing: MissingField[] = [];
  micros = 0;
  bestMicros = 0;
  unknownParts = 0;
  unknownCount = 0;
  excludedBy: CriterionScore | undefined;
  missedBy: CriterionScore | undefined;

  add(criterion: CompiledCriterion, finding: Finding, lead: ScorableLead): void {
    const micros = microsOf(criterion, finding);
    const scored = toCriterionScore(criterion, finding, micros, lead);
    this.criteria.push(scored);
    this.micros += micros;
    if (finding.knowledge === "known") this.bestMicros += micros;
    else this.addMissing(criterion, finding.field);
    if (scored.outcome === "excluded") this.excludedBy ??= scored;
    else if (scored.outcome === "missed" && scored.role === "required") this.missedBy ??= scored;
  }

  private addMissing({ weight, maxMicros, confidenceParts }: CompiledCriterion, field: FieldReader): void {
    this.unknownCount += 1;
    this.unknownParts += confidenceParts;
    this.bestMicros += Math.max(0, maxMicros);
    const { path, label } = field;
    const at = this.missing.findIndex((other) => other.field === path);
    const before = this.missing[at];
    if (before === undefined) this.missing.push({ field: path, label, weight });
    else this.missing[at] = { field: path, label, weight: before.weight + weight };
  }

  /** Heaviest first; of equal weight by name, so that the order of the criteria does not matter. */
  sortedMissing(): readonly MissingField[] {
    if (this.missing.length < 2) return this.missing;
    return this.missing.sort((a, b) => b.weight - a.weight || (a.field < b.field ? -1 : 1));
  }

  confidence(): number {
    if (this.unknownCount === this.criteria.length) return 0;
    return Math.round((1 - this.unknownParts / CONFIDENCE_PARTS) * 100) / 100;
  }
}

const toScore = (micros: number): number => Math.round(Math.min(100, Math.max(0, micros / MICROS_PER_POINT)));

function capOf(tally: Tally, confidence: number, tiers: Tiers, minConfidence: number): ScoreCap | undefined {
  const { excludedBy, missedBy } = tally;
  if (excludedBy !== undefined) return { max: 0, reason: `${excludedBy.label} rules it out` };
  if (missedBy !== undefined) return { max: tiers.topOfLowest, reason: `${missedBy.label} is required` };
  const open = openRequirement(tally.criteria);
  if (open !== undefined) return { max: tiers.belowTop, reason: `${open.label} is required and not known` };
  if (confidence < minConfidence) return { max: tiers.belowTop, reason: "too little is known" };
  return undefined;
}

/**
 * Checks a profile and makes it ready: lists become sets, texts are folded, weights become points. Do it once and score
 * many leads with it.
 *
 * @throws SalesAgentError `config.invalid`, as {@link parseProfile}.
 */
export function compileProfile(profile: IdealCustomerProfile): CompiledProfile {
  const checked = parseProfile(profile);
  const criteria = compileCriteria(checked);
  const tiers = resolveTiers(checked);
  const minConfidence = checked.minConfidence ?? DEFAULT_MIN_CONFIDENCE;

  const score = (lead: ScorableLead): RulesScore => {
    const tally = new Tally();
    for (const criterion of criteria) tally.add(criterion, criterion.rule(lead), lead);
    const confidence = tally.confidence();
    const cap = capOf(tally, confidence, tiers, minConfidence);
    const disqualifier = tally.excludedBy ?? tally.missedBy;
    const max = cap?.max ?? 100;
    const best = disqualifier === undefined ? 100 : max;
    const missing = tally.sortedMissing();
    const scored = Math.min(max, toScore(tally.micros));
    const bestScore = Math.min(best, toScore(tally.bestMicros));
    const { criteria: scores } = tally;
    const facts = { score: scored, bestScore, confidence, missing, criteria: scores };
    const { nextAction, nextActionReason } = decideNextAction(facts, disqualifier, tiers, minConfidence);
    // Written out, field by field: spreading costs a third of the whole.
    const result: Writable<RulesScore> = {
      score: scored,
      tier: tierOf(scored, tiers.bands),
      confidence,
      qualified: nextAction === "contact",
      bestScore,
      criteria: scores,
      missing,
      nextAction,
      nextActionReason,
    };
    if (disqualifier !== undefined) result.disqualifiedBy = disqualifier.name;
    if (cap !== undefined) result.cap = cap;
    return result;
  };
  return Object.freeze({ profile: checked, tiers, minConfidence, score });
}
