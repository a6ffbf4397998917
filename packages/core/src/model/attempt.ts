import {
  type AttemptGuard,
  type AttemptPlan,
  type AttemptPurpose,
  type Clock,
  type FinishEvent,
  type LanguageModel,
  type ModelAttempt,
  type ModelCallOptions,
  type ModelEvent,
  type ModelRequest,
  type ModelStream,
  SalesAgentError,
  type StartEvent,
} from "@salesagent/ports";
import { AnswerGrammar } from "./answer-grammar.js";
import { feeOf, lostAttemptCost, modelFacts, untoldAttemptCost } from "./attempt-cost.js";
import { beginAttempt, type EndAttempt, planAttempt, refusedAttempt } from "./begin-attempt.js";
import { soundFinish } from "./sound-finish.js";

/** What one attempt is made of. */
export interface AttemptInit {
  readonly model: LanguageModel;
  readonly request: ModelRequest;
  /** Its `guards` are asked before the model is; its `signal` ends the attempt. */
  readonly call: ModelCallOptions;
  readonly purpose: AttemptPurpose;
  readonly clock: Clock;
  /** When the call began that this attempt is part of, by `clock.elapsed()`. */
  readonly callStartedMs: number;
}

type EndedAttempt = { -readonly [Field in keyof ModelAttempt]: ModelAttempt[Field] };

const NO_GUARDS: readonly AttemptGuard[] = [];

/**
 * One try at one model, read from its first event to its last: asks the guards, counts what comes, and settles what the try
 * used and cost exactly once, however it ends.
 */
export class Attempt {
  readonly init: AttemptInit;
  readonly plan: AttemptPlan;
  /** Set once the answer has begun. */
  start: StartEvent | undefined;
  /** Set once the answer is whole. */
  finish: FinishEvent | undefined;
  #stream: ModelStream | undefined;
  #events: AsyncIterator<ModelEvent, void, void> | undefined;
  #end: EndAttempt | undefined;
  readonly #startedMs: number;
  readonly #startedAtMs: number;
  #firstTokenMs: number | undefined;
  #receivedChars = 0;
  readonly #grammar: AnswerGrammar;
  #abandoned = false;
  /** The model was asked: until then nothing was sent. */
  #asked = false;

  constructor(init: AttemptInit) {
    this.init = init;
    this.plan = planAttempt(init.model, init.request, init.call, init.purpose);
    this.#grammar = new AnswerGrammar(init.model);
    this.#startedMs = init.clock.elapsed();
    this.#startedAtMs = init.clock.now();
  }

  /** Milliseconds from the attempt's start to its first token, once it came. */
  get firstTokenMs(): number | undefined {
    return this.#firstTokenMs;
  }

  /** Whether somebody let go of it before its end; what it throws then tells nothing of the model. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** Milliseconds since the attempt began. */
  get elapsedMs(): number {
    return this.init.clock.elapsed() - this.#startedMs;
  }

  /** Asks the guards, and prepares the stream without reading it. @throws What a guard throws. */
  async begin(): Promise<void> {
    const { model, call } = this.init;
    const { guards = NO_GUARDS, ...rest } = call;
    if (model.guardsAttempts) return this.#openStream(call);
    if (guards.length > 0) {
      const asked = beginAttempt(guards, this.plan, call);
      this.#end = asked instanceof Promise ? await asked : asked;
      if (call.signal?.aborted || this.#abandoned) {
        await this.#settle(refusedAttempt(this.plan));
        throw call.signal?.aborted ? call.signal.reason : this.#cut();
      }
    }
    try {
      this.#openStream(rest);
    } catch (error) {
      await this.#lost(error, "failed");
      throw error;
    }
  }

  #openStream(call: ModelCallOptions): void {
    const { model, request } = this.init;
    this.#stream = model.stream(request, call);
    this.#events = this.#stream[Symbol.asyncIterator]();
  }

  /**
   * Begins, and reads until the answer has.
   *
   * @returns The events up to the first that is a part of the answer.
   * @throws What a guard or the model throws.
   */
  async open(): Promise<readonly ModelEvent[]> {
    await this.begin();
    let events = await this.next();
    while (this.#firstTokenMs === undefined && !this.finish) events = [...events, ...(await this.next())];
    return events;
  }

  /** The next events, at least one. @throws What ended the answer before it was whole. */
  async next(): Promise<readonly ModelEvent[]> {
    try {
      if (this.#abandoned) throw this.#cut();
      this.#asked = true;
      const step = await this.#events?.next();
      if (!step || step.done) throw this.#cut();
      const more = this.#stream?.buffered?.();
      const events = more && more.length > 0 ? [step.value, ...more] : [step.value];
      for (const event of events) this.#note(event);
      const { finish } = this;
      if (!finish) return events;
      await this.#settle(this.#completed(finish));
      return events.includes(finish)
        ? events
        : events.map((event) => (event.type === "finish" ? finish : event));
    } catch (error) {
      void this.#close();
      await this.#lost(error, this.init.call.signal?.aborted === true ? "aborted" : "failed");
      throw error;
    }
  }

  /** Lets go of an answer that nobody wants any more; does nothing after its end. */
  async abandon(): Promise<void> {
    if (this.finish) return;
    this.#abandoned = true;
    // While the guards are asked nothing is sent: they are told when they have answered.
    if (!this.#events) return;
    if (!this.#asked) {
      await this.#settle(refusedAttempt(this.plan));
      return;
    }
    void this.#close();
    await this.#lost(undefined, "aborted");
  }

  /** Not waited for: a stuck vendor must not hold whoever goes on. */
  async #close(): Promise<void> {
    try {
      await this.#events?.return?.();
    } catch {
      // The attempt is over; how its stream ends changes nothing.
    }
  }

  #note(event: ModelEvent): void {
    this.#grammar.check(event);
    switch (event.type) {
      case "start":
        this.start = event;
        return;
      case "finish":
        this.finish = soundFinish(event);
        return;
      case "restart":
      case "continue":
        return;
      case "text-delta":
      case "reasoning-delta":
        this.#receivedChars += event.text.length;
        break;
      case "tool-call-delta":
        this.#receivedChars += event.argumentsText.length;
        break;
    }
    this.#firstTokenMs ??= this.elapsedMs;
  }

  #completed({ usage, costUsd }: FinishEvent): ModelAttempt {
    const attempt = this.#ended("completed");
    const told = usage.inputTokens !== undefined && usage.outputTokens !== undefined;
    if (!told && costUsd === undefined) {
      return Object.assign(
        attempt,
        untoldAttemptCost(this.plan, usage, this.#receivedChars, this.#startedAtMs),
      );
    }
    attempt.usage = usage;
    if (costUsd !== undefined) attempt.costUsd = costUsd;
    const feeUsd = feeOf(this.plan);
    if (feeUsd !== undefined) attempt.feeUsd = feeUsd;
    return attempt;
  }

  async #lost(error: unknown, outcome: "failed" | "aborted"): Promise<void> {
    if (!this.#end) return;
    const attempt = this.#ended(outcome);
    attempt.errorCode =
      outcome === "aborted" ? "aborted" : SalesAgentError.is(error) ? error.code : "internal";
    const { requestId } = modelFacts(error);
    if (requestId !== undefined) attempt.requestId = requestId;
    const cost = lostAttemptCost(this.plan, error, this.#receivedChars, this.#startedAtMs);
    await this.#settle(Object.assign(attempt, cost));
  }

  /** The record of the attempt, but for what it used and cost. Written field by field: every call makes one. */
  #ended(outcome: ModelAttempt["outcome"]): EndedAttempt {
    const { provider, modelId, purpose } = this.plan;
    const startedMs = this.#startedMs - this.init.callStartedMs;
    const latencyMs = this.elapsedMs;
    const attempt: EndedAttempt = { provider, modelId, purpose, outcome, usage: {}, startedMs, latencyMs };
    const requestId = this.start?.requestId;
    if (requestId !== undefined) attempt.requestId = requestId;
    if (this.#firstTokenMs !== undefined) attempt.firstTokenMs = this.#firstTokenMs;
    return attempt;
  }

  /** Once: the first outcome stands. */
  async #settle(attempt: ModelAttempt): Promise<void> {
    const end = this.#end;
    this.#end = undefined;
    await end?.(attempt);
  }

  #cut(): SalesAgentError<"model.stream_cut"> {
    const { provider, modelId } = this.plan;
    return new SalesAgentError("model.stream_cut", {
      message: `The answer of ${provider}/${modelId} ended before it was finished. Call again, or fail over to another model.`,
      facts: { provider, modelId },
      replay: "safe",
    });
  }
}
