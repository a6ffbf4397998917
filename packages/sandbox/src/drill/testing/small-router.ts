import { setTimeout as sleep } from "node:timers/promises";
import {
  createModelStream,
  type ErrorCode,
  type ModelAttempt,
  type ModelEvent,
  type ModelStream,
  SalesAgentError,
  type Usage,
} from "@salesagent/ports";
import type { DrillRole, DrillSetup, DrillVendor } from "../drill-setup.js";
import type { DrillAsk, DrillSubject } from "../drill-subject.js";
import { chatAttempt } from "./chat-attempt.js";

/** What is wrong with a router that is otherwise sound. Each must be seen by the drill. */
export interface Flaws {
  /** Goes on with the other vendor's text without a restart. */
  readonly doubles?: boolean;
  /** Takes an answer that ends too early for a whole one. */
  readonly acceptsCuts?: boolean;
  readonly ignoresRetryAfter?: boolean;
  /** Tries at each vendor. */
  readonly tries?: number;
  readonly namesPrimary?: boolean;
  readonly routesAroundFilter?: boolean;
  readonly forgetsFailures?: boolean;
  readonly noBreaker?: boolean;
  readonly goesOnAfterAbort?: boolean;
  /** Does not even tell its caller of the abort. */
  readonly deaf?: boolean;
  readonly leavesRequestsOpen?: boolean;
  readonly repeatsPrefill?: boolean;
  readonly neverReturns?: boolean;
  readonly retriesBadRequests?: boolean;
  readonly noFailover?: boolean;
  readonly skipsMalformed?: boolean;
  readonly waitsForEver?: boolean;
  readonly wantsDone?: boolean;
}

const FINAL: ReadonlySet<ErrorCode> = new Set([
  "model.context_length",
  "model.bad_request",
  "model.content_filtered",
]);

/** A router over the drill's two vendors, as small as passing takes. */
export function smallRouter(flaws: Flaws = {}): DrillSubject {
  return {
    name: "small router",
    async open(setup) {
      const breaker = new SmallBreaker(setup, flaws);
      return {
        call(ask) {
          const stream = new SmallCall(setup, flaws, breaker).stream(ask);
          return { events: stream, outcome: () => stream.result() };
        },
        close: async () => {},
      };
    },
  };
}

/** One answer of a small router without flaws. */
export function smallStream(setup: DrillSetup, ask: DrillAsk): ModelStream {
  return new SmallCall(setup, {}, new SmallBreaker(setup, {})).stream(ask);
}

class SmallBreaker {
  readonly #setup: DrillSetup;
  readonly #flaws: Flaws;
  #failures = 0;
  #openUntil = 0;

  constructor(setup: DrillSetup, flaws: Flaws) {
    this.#setup = setup;
    this.#flaws = flaws;
  }

  allows(): boolean {
    const { breakerMinCalls, breakerResetMs } = this.#setup.limits;
    if (this.#flaws.noBreaker || this.#failures < breakerMinCalls) return true;
    if (this.#flaws.neverReturns || performance.now() < this.#openUntil) return false;
    this.#openUntil = performance.now() + breakerResetMs; // this one probes; the others wait for what comes of it
    return true;
  }

  note(failed: boolean): void {
    this.#failures = failed ? this.#failures + 1 : 0;
    if (failed) this.#openUntil = performance.now() + this.#setup.limits.breakerResetMs;
  }
}

class SmallCall {
  readonly #setup: DrillSetup;
  readonly #flaws: Flaws;
  readonly #breaker: SmallBreaker;
  readonly #attempts: ModelAttempt[] = [];
  #written = "";
  #begun = false;

  constructor(setup: DrillSetup, flaws: Flaws, breaker: SmallBreaker) {
    this.#setup = setup;
    this.#flaws = flaws;
    this.#breaker = breaker;
  }

  stream(ask: DrillAsk): ModelStream {
    const events = this.#events(ask);
    return createModelStream(
      () => ({
        next: async () => {
          const { done, value } = await events.next();
          return done ? { done, value: undefined } : { done: false, value: [value] };
        },
        return: () => events.return().then(() => ({ done: true, value: undefined })),
      }),
      this.#flaws.deaf ? {} : { signal: ask.signal },
    );
  }

  async *#events(ask: DrillAsk): AsyncGenerator<ModelEvent, void, void> {
    let last: unknown;
    for (const role of ["primary", "fallback"] as const) {
      const tries = this.#flaws.tries ?? this.#setup.limits.tries;
      for (let attempt = 0; attempt < tries; attempt++) {
        if (role === "primary" && !this.#breaker.allows()) break;
        try {
          return yield* this.#try(role, ask, last);
        } catch (error) {
          last = error;
          if (this.#endsCall(error, ask, role)) throw error;
          const repeats = role === "fallback" && this.#setup.continuation;
          if (!repeats && !this.#mayRetry(error)) break;
          if (repeats && !this.#flaws.repeatsPrefill) this.#written = "";
          await sleep(this.#flaws.tries === undefined ? this.#setup.limits.retryBaseMs : 0);
        }
      }
    }
    throw last;
  }

  get #isDeaf(): boolean {
    return this.#flaws.goesOnAfterAbort === true || this.#flaws.deaf === true;
  }

  #endsCall(error: unknown, { signal }: DrillAsk, role: DrillRole): boolean {
    if (signal.aborted && !this.#isDeaf) return true;
    if (this.#flaws.noFailover && role === "primary" && !this.#mayRetry(error)) return true;
    return SalesAgentError.is(error, "model.content_filtered") && !this.#flaws.routesAroundFilter;
  }

  #mayRetry(error: unknown): boolean {
    if (!SalesAgentError.is(error)) return false;
    if (FINAL.has(error.code)) return this.#flaws.retriesBadRequests ?? false;
    const waitMs = "retryAfterMs" in error.facts ? (error.facts.retryAfterMs ?? 0) : 0;
    return waitMs <= this.#setup.limits.retryCapMs || (this.#flaws.ignoresRetryAfter ?? false);
  }

  async *#try(role: DrillRole, ask: DrillAsk, failure: unknown): AsyncGenerator<ModelEvent, void, void> {
    const vendor = this.#setup.vendors[role];
    const prefill = this.#setup.continuation && this.#written !== "" ? this.#written : undefined;
    const startedMs = performance.now();
    const pieces = chatAttempt(
      {
        vendor,
        prompt: ask.prompt,
        prefill,
        limits: this.#setup.limits,
        signal: this.#isDeaf ? new AbortController().signal : ask.signal,
      },
      {
        cuts: this.#flaws.acceptsCuts,
        malformed: this.#flaws.skipsMalformed,
        silence: this.#flaws.waitsForEver,
        onlyDone: this.#flaws.wantsDone,
        open: this.#flaws.leavesRequestsOpen,
      },
    );
    try {
      let step = await pieces.next();
      if (!this.#begun || !this.#flaws.doubles) yield this.#begin(role, failure);
      for (; !step.done; step = await pieces.next()) {
        this.#written += step.value;
        yield { type: "text-delta", text: step.value };
      }
      this.#note(role, startedMs, step.value, undefined);
      yield this.#finish(step.value);
    } catch (error) {
      this.#note(role, startedMs, { inputTokens: 10 }, error);
      throw error;
    }
  }

  #begin(role: DrillRole, failure: unknown): ModelEvent {
    const { vendor: provider, modelId } = this.#setup.vendors[this.#flaws.namesPrimary ? "primary" : role];
    const facts = { provider, modelId, warnings: [], rateLimits: [] };
    if (!this.#begun) {
      this.#begun = true;
      return { type: "start", ...facts };
    }
    return { type: "restart", ...facts, errorCode: SalesAgentError.is(failure) ? failure.code : "unknown" };
  }

  #note(role: DrillRole, startedMs: number, usage: Usage, error: unknown): void {
    if (role === "primary") this.#breaker.note(error !== undefined);
    if (error !== undefined && this.#flaws.forgetsFailures) return;
    const { vendor: provider, modelId, price } = this.#setup.vendors[role];
    this.#attempts.push({
      provider,
      modelId,
      outcome: error === undefined ? "completed" : "failed",
      ...(SalesAgentError.is(error) ? { errorCode: error.code } : {}),
      usage,
      costUsd: costOf(price, usage),
      estimated: error !== undefined,
      latencyMs: performance.now() - startedMs,
    });
  }

  #finish(usage: Usage): ModelEvent {
    const attempts = this.#attempts;
    const costUsd = attempts.reduce((sum, attempt) => sum + (attempt.costUsd ?? 0), 0);
    return { type: "finish", reason: "stop", usage, costUsd, timings: { totalMs: 1 }, attempts };
  }
}

function costOf(price: DrillVendor["price"], { inputTokens = 0, outputTokens = 0 }: Usage): number {
  return (inputTokens * price.input + outputTokens * price.output) / 1e6;
}
