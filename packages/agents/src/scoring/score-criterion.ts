import type { FieldReader } from "./field-reader.js";
import type { Finding, Rule } from "./rule.js";
import type { CriterionOutcome, CriterionRole, CriterionScore, ScorableLead } from "./rules-score.js";
import { MICROS_PER_POINT } from "./weigh-criteria.js";

/** A criterion, ready to score with. */
export interface CompiledCriterion {
  readonly name: string;
  readonly label: string;
  readonly role: CriterionRole;
  readonly weight: number;
  readonly maxMicros: number;
  /** `maxMicros` in points. */
  readonly maxPoints: number;
  readonly confidenceParts: number;
  /** What it gives while it is unknown. */
  readonly priorMicros: number;
  readonly rule: Rule;
}

function outcomeOf(role: CriterionRole, { knowledge, share }: Finding): CriterionOutcome {
  if (knowledge === "unknown") return "unknown";
  if (role === "exclude") return share === 1 ? "excluded" : "clear";
  if (role === "negative") return share > 0 ? "against" : "clear";
  if (knowledge === "absent") return "absent";
  if (share === 1) return "met";
  return share > 0 ? "partly" : "missed";
}

/** Millionths of a point that a finding is worth. */
export function microsOf(criterion: CompiledCriterion, finding: Finding): number {
  if (finding.knowledge === "unknown") return criterion.priorMicros;
  return Math.round(criterion.maxMicros * finding.share);
}

/** Points with two decimals. The 0 added keeps a negative's nothing from being -0. */
export const toPoints = (micros: number): number => Math.round(micros / (MICROS_PER_POINT / 100)) / 100 + 0;

/** The line of a result that a finding becomes. */
export function toCriterionScore(
  criterion: CompiledCriterion,
  finding: Finding,
  micros: number,
  lead: ScorableLead,
): CriterionScore {
  const { name, label, role, maxPoints } = criterion;
  const { evidence, field } = finding;
  const outcome = outcomeOf(role, finding);
  const points = toPoints(micros);
  const source = sourceOf(field, finding, lead);
  return source === undefined
    ? { name, label, role, outcome, points, maxPoints, evidence, field: field.path }
    : { name, label, role, outcome, points, maxPoints, evidence, field: field.path, source };
}

const sourceOf = (field: FieldReader, finding: Finding, lead: ScorableLead): string | undefined =>
  finding.knowledge === "known" ? field.source(lead) : undefined;
