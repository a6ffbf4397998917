import type { ModelRequest } from "@salesagent/ports";
import type { RankedFacts } from "./ranked-facts.js";

/** The policies that have a name. */
export const POLICY_NAMES = ["fastest", "cheapest", "best", "private", "task"] as const;

export type PolicyName = (typeof POLICY_NAMES)[number];

/** How much each side counts; the rest are 0. Each side is scaled from the worst (0) to the best (1) candidate. */
export interface PolicyWeights {
  readonly cost?: number;
  readonly speed?: number;
  readonly quality?: number;
  readonly reliability?: number;
}

/** What a policy of the host's own is told. */
export interface PolicyContext {
  readonly request: ModelRequest;
  readonly task: string | undefined;
}

/**
 * How candidates are ranked, among those that may take a request:
 *
 * - `fastest`: expected time to the whole answer, by live latency.
 * - `cheapest`: expected cost of this request, prompt cache counted; an unknown price comes last.
 * - `best`: `quality` of the candidates, else their order.
 * - `private`: only models whose `locality` is `local`, fastest first.
 * - `task`: candidates made for the call's `task` first, then fastest.
 * - weights, a policy for each task, or a function that gives a score (higher is better; `undefined` passes it over).
 *
 * Candidates that failed of late or have little of their rate limit left count for less in each but the host's own.
 */
export type Policy =
  | PolicyName
  | { readonly weights: PolicyWeights }
  | {
      readonly tasks: Readonly<Record<string, PolicyName | { readonly weights: PolicyWeights }>>;
      readonly otherwise?: PolicyName;
    }
  | ((candidate: RankedFacts, context: PolicyContext) => number | undefined);

/** Gives each candidate its score, in their order; nothing for one that the policy passes over. */
export type Scorer = (candidates: readonly RankedFacts[]) => readonly (number | undefined)[];

/** A policy made ready for one call. */
export interface ResolvedPolicy {
  readonly name: string;
  readonly localOnly: boolean;
  readonly score: Scorer;
}

/** Which policy ranks a call. */
export function resolvePolicy(policy: Policy, context: PolicyContext): ResolvedPolicy {
  if (typeof policy === "function") {
    const score: Scorer = (candidates) => candidates.map((candidate) => sound(policy(candidate, context)));
    return { name: "custom", localOnly: false, score };
  }
  if (typeof policy === "string") return resolveName(policy, context.task);
  if ("weights" in policy) return { name: "weighted", localOnly: false, score: byWeights(policy.weights) };
  const { task } = context;
  const own = task !== undefined && Object.hasOwn(policy.tasks, task) ? policy.tasks[task] : undefined;
  const inner = resolvePolicy(own ?? policy.otherwise ?? "fastest", context);
  return own === undefined ? inner : { ...inner, name: `${task}: ${inner.name}` };
}

function resolveName(name: PolicyName, task: string | undefined): ResolvedPolicy {
  switch (name) {
    case "fastest":
      return { name, localOnly: false, score: each(speedScore) };
    case "cheapest":
      return { name, localOnly: false, score: each(costScore) };
    case "best":
      return { name, localOnly: false, score: each(qualityScore) };
    case "private":
      return { name, localOnly: true, score: each(speedScore) };
    case "task":
      return { name, localOnly: task === "private", score: each(taskScore) };
  }
}

function each(score: (facts: RankedFacts) => number): Scorer {
  return (candidates) => candidates.map(score);
}

/** A score that is NaN passes the candidate over, as none does. @throws TypeError for a policy that gives something else. */
function sound(score: unknown): number | undefined {
  if (score === undefined || typeof score === "number") return Number.isNaN(score) ? undefined : score;
  const got = score instanceof Promise ? "a promise" : typeof score;
  throw new TypeError(
    `router.policy must give a number, or undefined to pass a candidate over; it gave ${got}`,
  );
}

/** Answers a second; less for who fails. */
function speedScore({ expectedMs, reliability }: RankedFacts): number {
  return (1000 / Math.max(1, expectedMs)) * reliability;
}

/** 1 for free, falling with the cost of an answer that comes; 0 for an unknown price. */
function costScore({ costUsd, reliability }: RankedFacts): number {
  if (costUsd === undefined) return 0;
  return 1 / (1 + (1000 * costUsd) / Math.max(reliability, 0.01));
}

function qualityScore({ quality, reliability }: RankedFacts): number {
  return quality * reliability;
}

function taskScore(facts: RankedFacts): number {
  const speed = speedScore(facts);
  return (facts.forTask ? facts.reliability : 0) + 0.5 * (speed / (1 + speed));
}

function byWeights(weights: PolicyWeights): Scorer {
  const { cost = 0, speed = 0, quality = 0, reliability = 0 } = weights;
  return (candidates) => {
    const sides = [
      { weight: cost, values: scaled(candidates.map(costScore)) },
      { weight: speed, values: scaled(candidates.map(speedScore)) },
      { weight: quality, values: scaled(candidates.map((facts) => facts.quality)) },
      { weight: reliability, values: scaled(candidates.map((facts) => facts.reliability)) },
    ];
    return candidates.map((_, index) =>
      sides.reduce((sum, { weight, values }) => sum + weight * (values[index] ?? 0), 0),
    );
  };
}

/** From the worst (0) to the best (1); all 1 when they are equal. */
function scaled(values: readonly number[]): readonly number[] {
  const worst = Math.min(...values);
  const range = Math.max(...values) - worst;
  return values.map((value) => (range > 0 ? (value - worst) / range : 1));
}
