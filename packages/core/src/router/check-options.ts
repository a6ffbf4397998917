import type { LanguageModel } from "@salesagent/ports";
import { POLICY_NAMES, type Policy } from "./policy.js";
import type { CandidateOptions, RouterOptions } from "./router-options.js";

/** The candidates with their names, each checked. */
export interface NamedCandidate extends CandidateOptions {
  readonly id: string;
}

/** @throws TypeError or RangeError naming the option that makes no sense. */
export function checkRouterOptions(options: RouterOptions): readonly NamedCandidate[] {
  if (!Array.isArray(options?.candidates) || options.candidates.length === 0) {
    throw new TypeError("router.candidates must hold at least one model");
  }
  checkPolicy(options.policy ?? "fastest");
  checkChoice("router.takeover", options.takeover, ["restart", "continue"]);
  checkChoice("router.whenOverBudget", options.whenOverBudget, ["error", "cheaper"]);
  checkChoice("router.locality", options.locality, ["local"]);
  checkNumbers("router.retry", options.retry, { retries: 0, baseMs: 0, capMs: 0, maxWaitMs: 0 });
  if (options.retry?.retries !== undefined && !Number.isInteger(options.retry.retries)) {
    throw new RangeError(`router.retry.retries must be a whole number ≥ 0, got ${options.retry.retries}`);
  }
  checkHedge(options);
  checkNumbers("router.timeouts", options.timeouts, ABOVE_0);
  return nameCandidates(options.candidates);
}

/** Every limit is a number above 0. */
const ABOVE_0 = {
  headersMs: Number.MIN_VALUE,
  firstTokenMs: Number.MIN_VALUE,
  stallMs: Number.MIN_VALUE,
  totalMs: Number.MIN_VALUE,
};

function checkHedge({ hedge, candidates }: RouterOptions): void {
  if (!hedge) return;
  checkNumbers("router.hedge", hedge, { minSamples: 1, afterMs: 0 });
  const { percentile } = hedge;
  if (percentile !== undefined && !(percentile > 0 && percentile <= 1)) {
    throw new RangeError(`router.hedge.percentile must be a number above 0, up to 1, got ${percentile}`);
  }
  if (candidates.length < 2) throw new TypeError("router.hedge needs a second candidate");
}

function nameCandidates(given: RouterOptions["candidates"]): readonly NamedCandidate[] {
  const named = given.map((entry, index) => nameCandidate(entry, `router.candidates[${index}]`));
  const seen = new Map<string, number>();
  for (const [index, { id }] of named.entries()) {
    const before = seen.get(id);
    if (before !== undefined) {
      throw new TypeError(
        `router.candidates[${index}].id: "${id}" is also the name of candidates[${before}]; give one of them another id`,
      );
    }
    seen.set(id, index);
  }
  return named;
}

function nameCandidate(entry: LanguageModel | CandidateOptions, path: string): NamedCandidate {
  const options: CandidateOptions = isModel(entry) ? { model: entry } : entry;
  if (!isModel(options?.model)) {
    throw new TypeError(`${path} must be a language model, or an object with a \`model\``);
  }
  const { quality } = options;
  if (quality !== undefined && !(quality >= 0 && quality <= 1)) {
    throw new RangeError(`${path}.quality must be a number from 0 to 1, got ${quality}`);
  }
  checkNumbers(path, options, {
    firstTokenMs: 0,
    tokensPerSecond: Number.MIN_VALUE,
    maxRunning: 1,
    requestsPerMinute: Number.MIN_VALUE,
    tokensPerMinute: Number.MIN_VALUE,
  });
  checkNumbers(`${path}.timeouts`, options.timeouts, ABOVE_0);
  const { provider, modelId } = options.model;
  return { ...options, id: options.id ?? `${provider}/${modelId}` };
}

function isModel(value: unknown): value is LanguageModel {
  return typeof value === "object" && value !== null && "stream" in value && "profile" in value;
}

function checkPolicy(policy: Policy): void {
  if (typeof policy === "function") return;
  if (typeof policy === "string") {
    checkChoice("router.policy", policy, POLICY_NAMES);
    return;
  }
  if ("weights" in policy) {
    checkWeights("router.policy.weights", policy.weights);
    return;
  }
  if (typeof policy !== "object" || policy === null || typeof policy.tasks !== "object") {
    throw new TypeError(
      `router.policy must be a name (${POLICY_NAMES.join(", ")}), weights, tasks, or a function`,
    );
  }
  for (const [task, inner] of Object.entries(policy.tasks)) {
    const path = `router.policy.tasks.${task}`;
    if (typeof inner === "string") checkChoice(path, inner, POLICY_NAMES);
    else checkWeights(`${path}.weights`, inner.weights);
  }
  checkChoice("router.policy.otherwise", policy.otherwise, POLICY_NAMES);
}

function checkWeights(path: string, weights: object): void {
  checkNumbers(path, weights, { cost: 0, speed: 0, quality: 0, reliability: 0 });
  const known = Object.values(weights ?? {}).filter((weight) => Number(weight) > 0);
  if (known.length === 0) throw new RangeError(`${path} must hold at least one weight > 0`);
}

function checkChoice(path: string, value: string | undefined, known: readonly string[]): void {
  if (value === undefined || known.includes(value)) return;
  const names = known.map((name) => `"${name}"`).join(", ");
  throw new TypeError(
    `${path} must be ${known.length > 1 ? "one of " : ""}${names}, got ${JSON.stringify(value)}`,
  );
}

/** Checks the numbers of an object that are given. `least` names each and its smallest value. */
function checkNumbers(
  path: string,
  given: object | undefined,
  least: Readonly<Record<string, number>>,
): void {
  for (const [name, smallest] of Object.entries(least)) {
    const value: unknown = (given as Record<string, unknown> | undefined)?.[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value >= smallest)) {
      const bound = smallest === Number.MIN_VALUE ? "> 0" : `≥ ${smallest}`;
      throw new RangeError(`${path}.${name} must be a number ${bound}, got ${String(value)}`);
    }
  }
}
