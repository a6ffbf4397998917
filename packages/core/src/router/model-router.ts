import {
  type AttemptGuard,
  type Clock,
  createModelStream,
  type DependencyHealth,
  type HealthCheck,
  type LanguageModel,
  type ModelCallOptions,
  type ModelProfile,
  type ModelRequest,
  type ModelStream,
  type RoutingDecision,
  systemClock,
} from "@salesagent/ports";
import { createBudgets } from "../budget/budgets.js";
import type { BreakerSnapshot } from "../resilience/breaker-options.js";
import { breakerEvents } from "./breaker-events.js";
import { Candidate } from "./candidate.js";
import { checkRouterOptions } from "./check-options.js";
import { Decider } from "./decide.js";
import { PromptAffinity } from "./prompt-affinity.js";
import { RoutedCall } from "./routed-call.js";
import type { RouterOptions } from "./router-options.js";
import { routerProfile } from "./router-profile.js";
import type { RoutingSetting } from "./routing-setting.js";

const MIN_SAMPLES = 20;

/** A candidate as it is just now. */
export interface CandidateState {
  readonly id: string;
  readonly model: LanguageModel;
  readonly breaker: BreakerSnapshot;
  /** Median of recent times to the first token, in milliseconds. */
  readonly firstTokenMs: number | undefined;
  readonly tokensPerSecond: number | undefined;
  /** Share of recent attempts that failed, 0–1. */
  readonly errorRate: number | undefined;
  /** Share of the tightest rate limit that is left, 0–1. */
  readonly headroom: number | undefined;
  readonly attempts: number;
}

/**
 * Several models as one. Per call it passes over candidates that can't take the request, ranks the others by its policy and
 * by what it knows of their health, and goes on with the next when one fails: before its answer has begun, or in the middle
 * of it. An answer ends whole or throws; its `decision` says why this model, its `attempts` what each try cost.
 *
 * @throws (constructor) TypeError or RangeError naming the option that makes no sense.
 *
 * @example
 * ```ts
 * const model = new ModelRouter({ candidates: [cerebras("gpt-oss-120b"), anthropic("claude-sonnet-5")], policy: "fastest" });
 * const { text, modelId, decision } = await model.stream({ messages: [userMessage("Hi")] }).result();
 * ```
 */
export class ModelRouter implements LanguageModel, HealthCheck {
  readonly port = "language-model/1";
  readonly provider = "router";
  readonly modelId: string;
  readonly profile: ModelProfile;
  readonly guardsAttempts = true;
  /** One candidate that is down does not make the router so. */
  readonly alternatives = true;
  readonly #candidates: readonly Candidate[];
  readonly #decider: Decider;
  readonly #setting: RoutingSetting;

  constructor(options: RouterOptions) {
    const named = checkRouterOptions(options);
    const { policy = "fastest", clock = systemClock, breaker, events } = options;
    this.modelId = typeof policy === "string" ? policy : typeof policy === "function" ? "custom" : "weighted";
    this.profile = routerProfile(named.map(({ model }) => model.profile));
    const onBreakerChange = events && breakerEvents(events, () => new Date(clock.now()).toISOString());
    const setting = { clock, breaker, count: named.length, onBreakerChange };
    this.#candidates = named.map((candidate, position) => new Candidate(candidate, position, setting));
    const affinity = new PromptAffinity();
    const localOnly = options.locality === "local";
    this.#decider = new Decider({ candidates: this.#candidates, policy, localOnly, affinity, clock });
    this.#setting = routingSetting(options, { decider: this.#decider, affinity, clock });
  }

  /** Prepares a call, by whichever candidate. Nothing is chosen before the stream is read. */
  stream(request: ModelRequest, call: ModelCallOptions = {}): ModelStream {
    return createModelStream(
      (control) => new RoutedCall(this.#setting, request, call, control).source(),
      call,
    );
  }

  /** What a call would try just now, and why; calls nothing. */
  explain(request: ModelRequest, call: ModelCallOptions = {}): RoutingDecision {
    return this.#decider.decide(request, call).decision;
  }

  /** The candidates as they are just now, in the host's order. */
  candidates(): readonly CandidateState[] {
    return this.#candidates.map(({ id, model, breaker, stats, pacer }) => ({
      id,
      model,
      breaker: breaker.snapshot(),
      headroom: pacer.headroom,
      ...stats.facts(),
    }));
  }

  /** How each candidate does, by its recent calls; calls nothing. */
  async health(): Promise<readonly DependencyHealth[]> {
    return this.#candidates.map((candidate) => candidate.health());
  }
}

function budgetGuards({ budgets, storage }: RouterOptions, clock: Clock): readonly AttemptGuard[] {
  if (!budgets) return [];
  if ("begin" in budgets) return [budgets];
  if (!storage) throw new TypeError("router.budgets needs router.storage, where it is counted");
  return [createBudgets({ budgets, storage, clock })];
}

function routingSetting(
  options: RouterOptions,
  own: Pick<RoutingSetting, "decider" | "affinity" | "clock">,
): RoutingSetting {
  const { retry = {}, hedge, takeover, whenOverBudget, reroute, guards, timeouts, random } = options;
  const { retries = 3, baseMs = 2_000, capMs = 60_000, maxWaitMs = 60_000 } = retry;
  return {
    ...own,
    takeover: takeover ?? "restart",
    whenOverBudget: whenOverBudget ?? "error",
    retry: { retries, baseMs, capMs, maxWaitMs },
    hedge: hedge && {
      percentile: hedge.percentile ?? 0.95,
      minSamples: hedge.minSamples ?? MIN_SAMPLES,
      afterMs: hedge.afterMs,
    },
    reroute: new Set(reroute),
    timeouts,
    guards: [...budgetGuards(options, own.clock), ...(guards ?? [])],
    random: random ?? Math.random,
  };
}
