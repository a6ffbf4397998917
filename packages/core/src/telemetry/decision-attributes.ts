import type { ConsideredCandidate, RoutingDecision } from "@salesagent/ports";
import type { Attributes } from "./telemetry.js";

/** Most candidates of each kind that are told; a span is no place for a catalogue. */
const MAX_TOLD = 16;
/** Longest reason, in characters. */
const MAX_REASON_CHARS = 200;

/**
 * Why a router tries what it tries, in attributes of bounded size: of the candidates in their order of trying, and of those
 * passed over, the first 16 each. `scores` has the same order as `ranked`.
 */
export function decisionAttributes({ policy, candidates }: RoutingDecision): Attributes {
  const ranked = candidates.filter(({ rank }) => rank !== undefined);
  ranked.sort((one, other) => (one.rank ?? 0) - (other.rank ?? 0));
  const passedOver = candidates.filter(({ rank }) => rank === undefined);
  const told = ranked.slice(0, MAX_TOLD);
  return {
    "salesagent.route.policy": policy,
    "salesagent.route.chosen": ranked[0] && nameOf(ranked[0]),
    "salesagent.route.candidates": candidates.length,
    "salesagent.route.ranked": told.map(nameOf),
    "salesagent.route.scores": told.map(({ score }) => score ?? 0),
    "salesagent.route.passed_over": passedOver.slice(0, MAX_TOLD).map(withReasons),
  };
}

function nameOf({ provider, modelId }: ConsideredCandidate): string {
  return `${provider}/${modelId}`;
}

function withReasons(candidate: ConsideredCandidate): string {
  const reasons = (candidate.passedOver ?? []).join("; ");
  const short = reasons.length > MAX_REASON_CHARS ? `${reasons.slice(0, MAX_REASON_CHARS - 1)}…` : reasons;
  return `${nameOf(candidate)}: ${short}`;
}
