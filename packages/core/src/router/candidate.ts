import {
  type Clock,
  type DependencyHealth,
  type LanguageModel,
  type ModelTimeouts,
  SalesAgentError,
} from "@salesagent/ports";
import type { BreakerSnapshot, BreakerState } from "../resilience/breaker-options.js";
import { Bulkhead } from "../resilience/bulkhead.js";
import { CircuitBreaker } from "../resilience/circuit-breaker.js";
import { type BreakerVerdict, classifyModelFailure } from "../resilience/classify-model-failure.js";
import { RatePacer } from "../resilience/rate-pacer.js";
import type { NamedCandidate } from "./check-options.js";
import { type LiveFacts, LiveStats } from "./live-stats.js";
import type { RouterBreakerOptions } from "./router-options.js";
import { TASK_PREFERENCES } from "./task-preferences.js";

const FIRST_TOKEN_MS = 1_000;
const TOKENS_PER_SECOND = 60;

/** What the candidates of one router share. */
export interface CandidateSetting {
  readonly clock: Clock;
  readonly breaker: RouterBreakerOptions | undefined;
  readonly count: number;
  readonly onBreakerChange: ((snapshot: BreakerSnapshot) => void) | undefined;
}

/** What is known of a candidate, whatever the request. */
export interface LiveCandidateFacts extends LiveFacts {
  readonly breaker: BreakerState;
  readonly headroom: number | undefined;
}

/** One model of a router, with all that the router knows of it. */
export class Candidate {
  readonly id: string;
  readonly model: LanguageModel;
  readonly quality: number;
  readonly timeouts: ModelTimeouts | undefined;
  readonly breaker: CircuitBreaker;
  readonly pacer: RatePacer;
  readonly bulkhead: Bulkhead | undefined;
  readonly stats: LiveStats;
  /** Learnt from a refusal: it does not go on with a text that another began. */
  refusesPrefill = false;
  readonly #options: NamedCandidate;

  constructor(options: NamedCandidate, position: number, setting: CandidateSetting) {
    const { id, model, quality, timeouts, maxRunning, requestsPerMinute, tokensPerMinute } = options;
    const { clock, breaker = {}, count, onBreakerChange } = setting;
    this.#options = options;
    this.id = id;
    this.model = model;
    this.quality = quality ?? 1 - position / count;
    this.timeouts = timeouts;
    this.stats = new LiveStats(clock);
    const onChange = (snapshot: BreakerSnapshot) => {
      if (snapshot.state === "open") this.stats.forgive();
      onBreakerChange?.(snapshot);
    };
    const classify = classifier(breaker.quotaResetMs);
    this.breaker = new CircuitBreaker({
      ...given(breaker),
      onChange,
      name: id,
      clock,
      classify,
    });
    this.pacer = new RatePacer({ name: id, clock, ...given({ requestsPerMinute, tokensPerMinute }) });
    if (maxRunning !== undefined && Number.isFinite(maxRunning)) {
      this.bulkhead = new Bulkhead({ name: id, maxRunning, maxWaiting: 0 });
    }
  }

  /** Expected time to the whole of an answer of so many tokens, in milliseconds. */
  expectedMs(outputTokens: number): number {
    const { firstTokenMs, tokensPerSecond } = this.stats.facts();
    const first = firstTokenMs ?? this.#options.firstTokenMs ?? FIRST_TOKEN_MS;
    const speed = tokensPerSecond ?? this.#options.tokensPerSecond ?? TOKENS_PER_SECOND;
    return first + (outputTokens * 1000) / speed;
  }

  isFor(task: string | undefined): boolean {
    if (task === undefined) return false;
    const { tasks } = this.#options;
    if (tasks) return tasks.includes(task);
    return Object.hasOwn(TASK_PREFERENCES, task) && !!TASK_PREFERENCES[task]?.includes(this.model.provider);
  }

  /** What is known of it just now, for any request. */
  facts(): LiveCandidateFacts {
    return { breaker: this.breaker.state, headroom: this.pacer.headroom, ...this.stats.facts() };
  }

  health(): DependencyHealth {
    const { state, errorCode, retryAt } = this.breaker.snapshot();
    const { errorRate = 0 } = this.stats.facts();
    if (state === "closed" && errorRate < 0.5) return { name: this.id, status: "ok" };
    if (state === "closed") {
      const note = `${Math.round(errorRate * 100)} % of its recent attempts failed`;
      return { name: this.id, status: "degraded", note };
    }
    const why = errorCode === undefined ? "" : ` after ${errorCode}`;
    const until = retryAt === undefined ? "" : `, next try at ${new Date(retryAt).toISOString()}`;
    return { name: this.id, status: "down", note: `its breaker is ${state}${why}${until}` };
  }
}

/** A rate limit says that a model is well and wants to be asked later: that is the pacer's part. */
function classifier(quotaResetMs: number | undefined): (error: unknown) => BreakerVerdict {
  return (error) =>
    SalesAgentError.is(error, "model.rate_limited")
      ? { kind: "ignore" }
      : classifyModelFailure(error, given({ quotaResetMs }));
}

/** Without what is undefined, which exact optional properties do not take. */
function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
