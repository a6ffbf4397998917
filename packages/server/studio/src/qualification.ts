import type { JsonObject, LeadWithResults } from "@salesagent/client";
import { toNumber, toObjects, toText, toTexts } from "./json-values.js";

/** One criterion and how a lead did by it. */
export interface Criterion {
  readonly label: string;
  readonly outcome: string;
  readonly points: number;
  readonly maxPoints: number;
  readonly evidence: string;
  readonly source: string;
}

/** What an agent found out about whether a lead fits. */
export interface Qualification {
  readonly score: number | undefined;
  readonly tier: string;
  /** 0–1. */
  readonly confidence: number | undefined;
  readonly reasons: readonly string[];
  readonly missing: readonly string[];
  readonly nextAction: string;
  readonly nextActionReason: string;
  readonly engine: string;
  readonly costUsd: number | undefined;
  readonly criteria: readonly Criterion[];
  readonly runId: string;
  readonly createdAt: string;
}

/** The latest qualification of a lead, as far as it has the shape of one. */
export function qualificationOf({ results }: LeadWithResults): Qualification | undefined {
  const result = results.find(({ kind }) => kind === "qualification");
  if (!result) return undefined;
  const { data } = result;
  return {
    score: result.score ?? toNumber(data["score"]),
    tier: result.tier ?? toText(data["tier"]),
    ...{ confidence: toNumber(data["confidence"]), costUsd: toNumber(data["costUsd"]) },
    ...{ reasons: toTexts(data["reasons"]), missing: toTexts(data["missing"]) },
    ...{ nextAction: toText(data["nextAction"]), nextActionReason: toText(data["nextActionReason"]) },
    ...{ engine: toText(data["engine"]), criteria: toObjects(data["criteria"]).map(toCriterion) },
    ...{ runId: result.runId ?? "", createdAt: result.createdAt },
  };
}

function toCriterion(criterion: JsonObject): Criterion {
  const { label, name, outcome, points, maxPoints, evidence, source } = criterion;
  return {
    label: toText(label) || toText(name),
    outcome: toText(outcome),
    ...{ points: toNumber(points) ?? 0, maxPoints: toNumber(maxPoints) ?? 0 },
    ...{ evidence: toText(evidence), source: toText(source) },
  };
}

/** What speaks for a lead, what against it, and what is not known. */
export function sidesOf(criteria: readonly Criterion[]): {
  readonly forIt: readonly Criterion[];
  readonly against: readonly Criterion[];
  readonly unknown: readonly Criterion[];
} {
  const unknown = criteria.filter(({ outcome }) => outcome === "unknown");
  const known = criteria.filter(({ outcome }) => outcome !== "unknown");
  const isFor = ({ outcome, points }: Criterion) => points > 0 || outcome === "absent";
  return { forIt: known.filter(isFor), against: known.filter((each) => !isFor(each)), unknown };
}
