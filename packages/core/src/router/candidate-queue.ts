import { type AttemptPurpose, type FailedAttemptFact, SalesAgentError } from "@salesagent/ports";
import type { Candidate } from "./candidate.js";
import type { Choice } from "./decide.js";
import { type FailurePlan, failureCode, toldWaitMs } from "./failure-plan.js";
import type { Turn } from "./turn.js";

/** Which candidates one call has still to try, and what became of those that it tried. */
export class CandidateQueue {
  readonly #choice: Choice;
  readonly #nowMs: () => number;
  #ready: Candidate[];
  /**
   * Failed in a way that may pass, or were busy: worth another try after a wait. With the soonest instant at which a vendor
   * said that it can be asked again, where it did.
   */
  readonly #again = new Map<Candidate, number | undefined>();
  readonly #tried: Candidate[] = [];
  readonly #failures: FailedAttemptFact[] = [];
  #lastError: unknown;
  #budgetError: unknown;

  constructor(choice: Choice, nowMs: () => number) {
    this.#choice = choice;
    this.#nowMs = nowMs;
    this.#ready = [...choice.order];
    for (const candidate of choice.later) this.#postpone(candidate);
  }

  /** Why the next attempt at a candidate is made. */
  purposeFor(candidate: Candidate): AttemptPurpose {
    if (this.#tried.includes(candidate)) return "retry";
    return this.anyTried ? "failover" : "first";
  }

  get anyTried(): boolean {
    return this.#tried.length > 0;
  }

  /** The best candidate that may be called now. */
  async take(): Promise<Turn | undefined> {
    for (let candidate = this.#ready.shift(); candidate; candidate = this.#ready.shift()) {
      if (candidate.breaker.state !== "closed") await candidate.breaker.prepare();
      const turn = this.#admit(candidate);
      if (turn) return turn;
      this.#postpone(candidate);
    }
    return undefined;
  }

  /** Puts a candidate first in the queue. */
  putFirst(candidate: Candidate): void {
    this.#ready.unshift(candidate);
  }

  /** Notes a failure, and takes out whoever can't help any more. */
  failed(candidate: Candidate, error: unknown, plan: FailurePlan): void {
    if (!this.#tried.includes(candidate)) this.#tried.push(candidate);
    if (plan === "cheaper") {
      this.#budgetError = error;
      return;
    }
    this.#lastError = error;
    const { provider, modelId } = candidate.model;
    this.#failures.push({ provider, modelId, errorCode: failureCode(error) });
    if (plan === "larger-context") this.#dropSmallerThan(candidate);
    if (plan !== "again") return;
    const waitMs = toldWaitMs(error);
    this.#again.set(candidate, waitMs === undefined ? undefined : this.#nowMs() + waitMs);
  }

  /** Whether another round makes sense, after a wait. */
  get mayGoRound(): boolean {
    return this.#again.size > 0;
  }

  /** Begins another round, in the order of the decision. */
  goRound(): void {
    const { order, later } = this.#choice;
    this.#ready = [...order, ...later].filter((candidate) => this.#again.has(candidate));
    this.#again.clear();
  }

  /** What the caller is told when nobody is left to ask. */
  giveUp(): unknown {
    if (this.#budgetError !== undefined && this.#failures.length === 0) return this.#budgetError;
    if (this.#failures.length === 0 && !this.mayGoRound) return noCandidate(this.#choice);
    if (this.#tried.length === 1 && this.#lastError !== undefined) return this.#lastError;
    return this.#exhausted();
  }

  #admit(candidate: Candidate): Turn | undefined {
    const { breaker, bulkhead, pacer } = candidate;
    const permit = breaker.tryAcquire();
    if (!permit) return undefined;
    const seat = bulkhead?.tryAcquire();
    if (bulkhead && !seat) {
      permit.forget();
      return undefined;
    }
    if (!pacer.tryTake({ requests: 1, tokens: this.#choice.needs.inputTokens })) {
      seat?.release();
      permit.forget();
      return undefined;
    }
    return { candidate, permit, seat };
  }

  /** Notes when a candidate that can't be called now may be; not at all where its breaker opened by failures. */
  #postpone(candidate: Candidate): void {
    const nowMs = this.#nowMs();
    const { state, errorCode, retryAt = nowMs } = candidate.breaker.snapshot();
    const told = errorCode === "model.rate_limited" || errorCode === "model.overloaded";
    if (state !== "closed" && !told) return;
    const pacedMs = candidate.pacer.waitMs({ requests: 1, tokens: this.#choice.needs.inputTokens });
    const readyMs = Math.max(state === "closed" ? nowMs : retryAt, nowMs + pacedMs);
    this.#again.set(candidate, readyMs > nowMs ? readyMs : undefined);
  }

  #dropSmallerThan({ model }: Candidate): void {
    const size = model.profile.contextTokens ?? 0;
    const isLarger = (candidate: Candidate) =>
      (candidate.model.profile.contextTokens ?? Number.POSITIVE_INFINITY) > size;
    this.#ready = this.#ready.filter(isLarger);
    for (const candidate of this.#again.keys()) if (!isLarger(candidate)) this.#again.delete(candidate);
  }

  #exhausted(): SalesAgentError<"router.exhausted"> {
    const waits = [...this.#again.values()].map((readyMs) => readyMs ?? this.#nowMs());
    const readyMs = waits.length === 0 ? this.#nowMs() : Math.min(...waits);
    const retryAfterMs = Math.ceil(readyMs - this.#nowMs());
    const told = this.#failures.map(
      ({ provider, modelId, errorCode }) => `${provider}/${modelId}: ${errorCode}`,
    );
    const what = told.length > 0 ? `all failed (${told.join("; ")})` : "are all at their limits";
    return new SalesAgentError("router.exhausted", {
      message: `The candidates that may take this request ${what}. Try again${retryAfterMs > 0 ? ` in ${retryAfterMs} ms` : " later"}, or add a candidate.`,
      facts: { attempts: this.#failures, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) },
      replay: "safe",
      ...(this.#lastError === undefined ? {} : { cause: this.#lastError }),
    });
  }
}

function noCandidate({ decision }: Choice): SalesAgentError<"router.no_candidate"> {
  const candidates = decision.candidates.map(({ provider, modelId, passedOver }) => ({
    ...{ provider, modelId },
    reasons: passedOver ?? ["its circuit breaker lets only a probe through, which is under way"],
  }));
  const words = candidates.map(
    ({ provider, modelId, reasons }) => `${provider}/${modelId}: ${reasons.join(", ")}`,
  );
  return new SalesAgentError("router.no_candidate", {
    message: `No candidate may take this request. ${words.join("; ")}. Add a candidate that fits, or ask for less.`,
    facts: { candidates },
    replay: "safe",
  });
}
