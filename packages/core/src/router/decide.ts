import type {
  CandidateFacts,
  Clock,
  ConsideredCandidate,
  ModelCallOptions,
  ModelRequest,
  RoutingDecision,
} from "@salesagent/ports";
import { fromNanoUsd, priceNanoUsd } from "@salesagent/ports/money";
import { estimateInputTokens } from "../model/attempt-cost.js";
import type { Candidate } from "./candidate.js";
import { type Needs, needsOf, unfitReasons } from "./eligibility.js";
import { type Policy, type ResolvedPolicy, resolvePolicy } from "./policy.js";
import { conversationOf, type PromptAffinity } from "./prompt-affinity.js";
import type { RankedFacts } from "./ranked-facts.js";

/** Tokens that an answer is expected to have before any was seen. */
const FIRST_GUESS_OUTPUT_TOKENS = 300;
const LATEST_WEIGHT = 0.1;
/** Below this share of a rate limit, a candidate counts for less, down to half. */
const LOW_HEADROOM = 0.1;

/** What decisions are made with. */
export interface DeciderInit {
  readonly candidates: readonly Candidate[];
  readonly policy: Policy;
  readonly localOnly: boolean;
  readonly affinity: PromptAffinity;
  readonly clock: Clock;
}

/** What a call will try, and why. */
export interface Choice {
  readonly decision: RoutingDecision;
  /** May be tried now, the best first. */
  readonly order: readonly Candidate[];
  /** Fit the request, but may not be called just now; the best first. */
  readonly later: readonly Candidate[];
  readonly needs: Needs;
  /** Names the conversation, for prompt caches. */
  readonly conversation: string;
}

interface Considered {
  readonly candidate: Candidate;
  readonly facts: RankedFacts;
  readonly unfit: readonly string[];
  readonly blocked: readonly string[];
  /** Set by the policy, where it ranks the candidate. */
  score: number | undefined;
}

/** Ranks candidates for requests. */
export class Decider {
  readonly #init: DeciderInit;
  #outputTokens = FIRST_GUESS_OUTPUT_TOKENS;

  constructor(init: DeciderInit) {
    this.#init = init;
  }

  /** Learns how long answers are. */
  learnOutput(tokens: number): void {
    this.#outputTokens += LATEST_WEIGHT * (tokens - this.#outputTokens);
  }

  decide(request: ModelRequest, call: ModelCallOptions): Choice {
    const { policy: configured, localOnly, clock, candidates } = this.#init;
    const policy = resolvePolicy(configured, { request, task: call.task });
    const local = localOnly || policy.localOnly || call.locality === "local";
    const needs = needsOf(request, estimateInputTokens(request), local);
    const conversation = conversationOf(request, call.scope?.runId);
    const nowMs = clock.now();
    const considered = candidates.map((candidate): Considered => {
      const unfit = unfitReasons(candidate.model, needs, nowMs);
      const facts = this.#factsOf(candidate, request, needs, conversation, call.task);
      return { candidate, facts, unfit, blocked: this.#blockedReasons(candidate, needs), score: undefined };
    });
    const { decision, order, later } = rank(considered, policy);
    return { decision, order, later, needs, conversation };
  }

  #factsOf(
    candidate: Candidate,
    request: ModelRequest,
    needs: Needs,
    conversation: string,
    task: string | undefined,
  ): RankedFacts {
    const { provider, modelId, profile } = candidate.model;
    const nowMs = this.#init.clock.now();
    const live = candidate.facts();
    const outputTokens = Math.min(this.#outputTokens, request.maxOutputTokens ?? Number.POSITIVE_INFINITY);
    const cached = this.#init.affinity.cachedTokens(candidate.id, conversation, nowMs);
    const cachedTokens = cached === undefined ? undefined : Math.min(cached, needs.inputTokens);
    const { inputTokens } = needs;
    const usage = {
      inputTokens,
      outputTokens: Math.ceil(outputTokens),
      cachedInputTokens: cachedTokens ?? 0,
    };
    const nanoUsd = profile.price && priceNanoUsd(profile.price, usage, nowMs);
    return {
      id: candidate.id,
      provider,
      modelId,
      profile,
      quality: candidate.quality,
      breaker: live.breaker,
      firstTokenMs: live.firstTokenMs,
      tokensPerSecond: live.tokensPerSecond,
      errorRate: live.errorRate,
      attempts: live.attempts,
      headroom: live.headroom,
      costUsd: nanoUsd === undefined ? undefined : fromNanoUsd(nanoUsd),
      cachedTokens,
      expectedMs: candidate.expectedMs(outputTokens),
      reliability: reliabilityOf(live.errorRate, live.headroom),
      forTask: candidate.isFor(task),
    };
  }

  #blockedReasons(candidate: Candidate, needs: Needs): readonly string[] {
    const reasons: string[] = [];
    const { breaker, pacer, bulkhead } = candidate;
    const nowMs = this.#init.clock.now();
    if (breaker.state === "open") {
      const { retryAt = nowMs, errorCode } = breaker.snapshot();
      const why = errorCode === undefined ? "" : `, after ${errorCode}`;
      reasons.push(`its circuit breaker is open for ${waitWords(retryAt - nowMs)} more${why}`);
    }
    const pacedMs = pacer.waitMs({ requests: 1, tokens: needs.inputTokens });
    if (pacedMs > 0) reasons.push(`its rate limit is used up for ${waitWords(pacedMs)} more`);
    if (bulkhead && bulkhead.running >= bulkhead.maxRunning) {
      reasons.push(`${bulkhead.running} of its calls are running, which is its limit`);
    }
    return reasons;
  }
}

/** One pass each, field by field: every call is ranked anew. */
function rank(
  considered: readonly Considered[],
  policy: ResolvedPolicy,
): Pick<Choice, "decision" | "order" | "later"> {
  const fit = considered.filter(({ unfit }) => unfit.length === 0);
  const scores = policy.score(fit.map(({ facts }) => facts));
  for (const [index, entry] of fit.entries()) entry.score = scores[index];
  const scored = fit.filter(({ score }) => score !== undefined);
  // A stable sort: the host's order decides between equals.
  scored.sort((left, right) => (right.score ?? 0) - (left.score ?? 0));
  const order: Candidate[] = [];
  const later: Candidate[] = [];
  const candidates: ConsideredCandidate[] = [];
  for (const entry of scored) {
    if (entry.blocked.length > 0) continue;
    order.push(entry.candidate);
    candidates.push(told(entry, order.length));
  }
  for (const entry of scored) {
    if (entry.blocked.length === 0) continue;
    later.push(entry.candidate);
    candidates.push(told(entry, undefined, entry.blocked));
  }
  for (const entry of fit) {
    if (entry.score === undefined) candidates.push(told(entry, undefined, ["the policy gives it no score"]));
  }
  for (const entry of considered) {
    if (entry.unfit.length > 0) candidates.push(told(entry, undefined, entry.unfit));
  }
  return { decision: { policy: policy.name, candidates }, order, later };
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

function told(
  { candidate, facts, score }: Considered,
  rank: number | undefined,
  passedOver?: readonly string[],
): ConsideredCandidate {
  const { provider, modelId } = candidate.model;
  const entry: Writable<ConsideredCandidate> = { provider, modelId, facts: plainFacts(facts) };
  if (rank !== undefined) entry.rank = rank;
  if (score !== undefined) entry.score = score;
  if (passedOver) entry.passedOver = passedOver;
  return entry;
}

/** The facts that a decision tells; what a policy alone needs stays out. */
function plainFacts(facts: RankedFacts): CandidateFacts {
  const { breaker, costUsd, firstTokenMs, tokensPerSecond, errorRate, headroom, cachedTokens } = facts;
  const plain: Writable<CandidateFacts> = { breaker };
  if (costUsd !== undefined) plain.costUsd = costUsd;
  if (firstTokenMs !== undefined) plain.firstTokenMs = firstTokenMs;
  if (tokensPerSecond !== undefined) plain.tokensPerSecond = tokensPerSecond;
  if (errorRate !== undefined) plain.errorRate = errorRate;
  if (headroom !== undefined) plain.headroom = headroom;
  if (cachedTokens !== undefined) plain.cachedTokens = cachedTokens;
  return plain;
}

function reliabilityOf(errorRate = 0, headroom = 1): number {
  const room = headroom >= LOW_HEADROOM ? 1 : 0.5 + (0.5 * headroom) / LOW_HEADROOM;
  return (1 - errorRate) ** 2 * room;
}

function waitWords(waitMs: number): string {
  return waitMs < 1000 ? `${Math.max(0, Math.ceil(waitMs))} ms` : `${Math.ceil(waitMs / 1000)} s`;
}
