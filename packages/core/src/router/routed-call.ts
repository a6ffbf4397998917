import {
  type AttemptGuard,
  type AttemptPermit,
  type AttemptPurpose,
  type Clock,
  type ContinueEvent,
  type ErrorCode,
  type FinishEvent,
  type ModelAttempt,
  type ModelCallOptions,
  type ModelEvent,
  type ModelEventSource,
  type ModelRequest,
  type ModelTimeouts,
  type RestartEvent,
  SalesAgentError,
  type StreamControl,
  type Timer,
  type Usage,
} from "@salesagent/ports";
import { addUsage } from "../model/add-usage.js";
import { Attempt } from "../model/attempt.js";
import { timedOut } from "../resilience/deadline.js";
import { retry } from "../resilience/retry.js";
import { attemptSpansOf } from "../telemetry/attempt-spans.js";
import { CandidateQueue, type Turn } from "./candidate-queue.js";
import type { Choice, Decider } from "./decide.js";
import { failureCode, planFailure, toldWaitMs } from "./failure-plan.js";
import { HedgedOpening, type HedgeSettings, hedgeDelayMs, type Opening } from "./hedged-opening.js";
import type { PromptAffinity } from "./prompt-affinity.js";
import { routedFinish } from "./routed-finish.js";
import { ContinuationProof, continuing, mayContinue, PartialText } from "./takeover.js";

/** What all calls of one router share. */
export interface RoutingSetting {
  readonly decider: Decider;
  readonly affinity: PromptAffinity;
  readonly takeover: "restart" | "continue";
  readonly whenOverBudget: "error" | "cheaper";
  readonly retry: {
    readonly retries: number;
    readonly baseMs: number;
    readonly capMs: number;
    readonly maxWaitMs: number;
  };
  readonly hedge: HedgeSettings | undefined;
  readonly reroute: ReadonlySet<ErrorCode>;
  readonly timeouts: ModelTimeouts | undefined;
  readonly guards: readonly AttemptGuard[];
  readonly clock: Clock;
  readonly random: () => number;
}

/** An attempt that is under way. */
export interface Running {
  readonly turn: Turn;
  readonly attempt: Attempt;
  /** The events up to the first that is a part of the answer. */
  readonly events: readonly ModelEvent[];
}

/** What a takeover goes on from. */
interface Broken {
  readonly errorCode: string;
  /** The text to go on with, where that may be. */
  readonly text: string | undefined;
}

/** How much longer than its time a call may take: until then its models and guards may end it themselves, and say why. */
const OVERTIME_MS = 250;

const OVER: IteratorReturnResult<void> = { done: true, value: undefined };

/** One call of a router, from the choice to the finish. */
export class RoutedCall {
  readonly #setting: RoutingSetting;
  readonly #request: ModelRequest;
  readonly #call: ModelCallOptions;
  readonly #control: StreamControl;
  /** Attempts that nobody has let go of yet. */
  #openings: Opening[] = [];
  #running: Running | undefined;
  readonly #deadline: Timer | undefined;
  #left = false;
  #done = false;
  readonly #startedMs: number;
  readonly #choice: Choice;
  readonly #queue: CandidateQueue;
  readonly #attempts: ModelAttempt[] = [];
  readonly #guards: readonly AttemptGuard[];
  readonly #partial: PartialText | undefined;
  #retriesLeft: number;
  /** The failure after which no other candidate is right to ask. */
  #ending: unknown;
  /** Set from the failure of a model in the middle until its successor has begun. */
  #broken: Broken | undefined;
  #proof: ContinuationProof | undefined;
  #given = false;
  #firstTokenMs: number | undefined;
  /** Of the models whose text is part of the answer, before the one that runs now. */
  #usageBefore: Usage | undefined;

  constructor(
    setting: RoutingSetting,
    request: ModelRequest,
    call: ModelCallOptions,
    control: StreamControl,
  ) {
    this.#setting = setting;
    this.#request = request;
    this.#call = call;
    this.#control = control;
    this.#startedMs = setting.clock.elapsed();
    this.#choice = setting.decider.decide(request, call);
    attemptSpansOf(call.guards)?.decided(this.#choice.decision);
    this.#queue = new CandidateQueue(this.#choice, () => setting.clock.now());
    this.#retriesLeft = setting.retry.retries;
    // Last, so that it hears only of attempts that every other guard let begin.
    const record: AttemptPermit = { end: (attempt) => void this.#attempts.push(attempt) };
    const recorder: AttemptGuard = { begin: () => record };
    // A set: a host may give an agent and its router the same budgets.
    this.#guards = [...new Set([...(call.guards ?? []), ...setting.guards]), recorder];
    if (setting.takeover === "continue" && mayContinue(request)) this.#partial = new PartialText();
    this.#deadline = this.#startDeadline();
  }

  /** The events of the answer, whoever writes it. Closing it lets go of all attempts at once. */
  source(): ModelEventSource {
    return {
      next: () => this.#next(),
      return: () => {
        this.#deadline?.cancel();
        this.#left = !this.#done;
        if (this.#left) this.#letGo();
        return Promise.resolve(OVER);
      },
    };
  }

  /** Ends the call where a model or a guard that a host wrote does not care for the time. */
  #startDeadline(): Timer | undefined {
    const limitMs = this.#totalMs;
    if (limitMs === undefined || !Number.isFinite(limitMs)) return undefined;
    return this.#setting.clock.schedule(limitMs + OVERTIME_MS, () =>
      this.#control.fail(timedOut("The routed call", "did not end", limitMs, "safe")),
    );
  }

  async #next(): Promise<IteratorResult<readonly ModelEvent[], void>> {
    try {
      while (!this.#done && !this.#left) {
        const passed = await this.#more();
        if (passed.length > 0 && !this.#left) return { done: false, value: passed };
      }
    } catch (error) {
      this.#letGo();
      throw error;
    }
    // What began to answer while the reader left has nobody else to let go of it.
    if (this.#left) this.#letGo();
    return OVER;
  }

  /** What comes next for the reader; may be nothing yet. */
  async #more(): Promise<readonly ModelEvent[]> {
    const running = this.#running;
    if (!running) return this.#begun(await this.#open());
    let events: readonly ModelEvent[];
    try {
      events = await running.attempt.next();
    } catch (error) {
      this.#fail(running.turn, error);
      return this.#begun(await this.#takeOver(error));
    }
    return this.#pass(events, running) ?? this.#begun(await this.#openAnew(running));
  }

  async #begun(running: Running): Promise<readonly ModelEvent[]> {
    this.#running = running;
    return this.#pass(running.events, running) ?? this.#begun(await this.#openAnew(running));
  }

  /** Lets go of a continuation that may double a part of the text, or lose one: the answer is written anew. */
  #openAnew({ turn, attempt }: Running): Promise<Running> {
    release(turn, attempt.finish ? "succeeded" : "forget");
    void attempt.abandon();
    const { errorCode = "model.stream_cut" } = this.#broken ?? {};
    this.#broken = { errorCode, text: undefined };
    this.#proof = undefined;
    this.#usageBefore = undefined;
    this.#queue.putFirst(turn.candidate);
    return this.#open();
  }

  #letGo(): void {
    const openings = this.#openings;
    this.#openings = [];
    for (const opening of openings) opening.abandon();
  }

  /** Goes round the candidates until one has begun to answer. */
  async #open(): Promise<Running> {
    try {
      return await this.#round();
    } catch (error) {
      return this.#openLater(error);
    }
  }

  /** Goes round once more after each wait, from the failure of a round on. */
  #openLater(failure: unknown): Promise<Running> {
    if (this.#retriesLeft === 0 || !this.#mayGoRound(failure)) throw failure;
    const { clock, random, retry: limits } = this.#setting;
    const round = (attempt: number) => {
      if (attempt === 1) return Promise.reject(failure);
      this.#queue.goRound();
      return this.#round();
    };
    return retry(round, {
      ...{ ...limits, retries: this.#retriesLeft, clock, random, signal: this.#control.signal },
      ...(this.#totalMs === undefined ? {} : { maxElapsedMs: Math.max(0, this.#remainingMs(this.#totalMs)) }),
      retryable: (error) => this.#mayGoRound(error),
      onWait: () => {
        this.#retriesLeft--;
      },
    });
  }

  /** After what ends the call nobody is asked, though others failed in a way that may pass. */
  #mayGoRound(failure: unknown): boolean {
    return failure !== this.#ending && this.#queue.mayGoRound;
  }

  async #round(): Promise<Running> {
    for (;;) {
      if (this.#queue.anyTried && this.#isOutOfTime) throw this.#queue.giveUp();
      const turn = await this.#queue.take();
      if (turn && this.#left) release(turn, "forget");
      if (this.#left) throw this.#control.signal.reason;
      if (!turn) throw this.#queue.giveUp();
      const running = await this.#begin(turn);
      if (running) return running;
    }
  }

  #begin(turn: Turn): Promise<Running | undefined> {
    const { hedge, clock } = this.#setting;
    const delayMs = hedgeDelayMs(hedge, turn.candidate);
    if (delayMs === undefined) return this.#beginOne(turn).opened;
    const race = new HedgedOpening({
      ...{ first: turn, delayMs, clock },
      begin: (each, isHedge) => this.#beginOne(each, isHedge ? "hedge" : undefined),
      takeSecond: () => this.#queue.take(),
      giveBack: (each) => {
        release(each, "forget");
        this.#queue.putFirst(each.candidate);
      },
    });
    this.#openings.push(race);
    return race.opened;
  }

  #beginOne(turn: Turn, given?: AttemptPurpose): Opening {
    const { model, refusesPrefill } = turn.candidate;
    const text = model.profile.abilities.prefill && !refusesPrefill ? this.#broken?.text : undefined;
    const attempt = new Attempt({
      model,
      request: text === undefined ? this.#request : continuing(this.#request, text),
      call: this.#callFor(turn),
      purpose: text === undefined ? (given ?? this.#purposeFor(turn)) : "continuation",
      clock: this.#setting.clock,
      callStartedMs: this.#startedMs,
    });
    const opening: Opening = {
      opened: this.#opened(turn, attempt),
      abandon: () => {
        release(turn, "forget");
        void attempt.abandon();
      },
    };
    this.#openings.push(opening);
    return opening;
  }

  /** @returns Nothing when the attempt failed and another candidate may be asked. @throws What ends the call. */
  async #opened(turn: Turn, attempt: Attempt): Promise<Running | undefined> {
    const { candidate } = turn;
    try {
      const events = await attempt.open();
      candidate.pacer.learn(attempt.start?.rateLimits ?? []);
      return { turn, attempt, events };
    } catch (error) {
      if (attempt.abandoned) return undefined;
      if (attempt.plan.purpose === "continuation" && failureCode(error) === "model.bad_request") {
        // It may be the beginning of the answer that it refused: asked again without, it may well answer.
        candidate.refusesPrefill = true;
        release(turn, "forget");
        this.#queue.putFirst(candidate);
        return undefined;
      }
      this.#fail(turn, error);
      return undefined;
    }
  }

  #purposeFor({ candidate }: Turn): AttemptPurpose {
    if (this.#queue.hasTried(candidate)) return "retry";
    return this.#queue.anyTried ? "failover" : "first";
  }

  #callFor({ candidate }: Turn): ModelCallOptions {
    const isLimited = this.#setting.timeouts ?? this.#call.timeouts ?? candidate.timeouts;
    if (!isLimited) return { ...this.#call, guards: this.#guards };
    const totalMs = this.#totalMs;
    const timeouts: ModelTimeouts = {
      ...this.#setting.timeouts,
      ...this.#call.timeouts,
      ...candidate.timeouts,
      ...(totalMs === undefined ? {} : { totalMs: Math.max(1, Math.ceil(this.#remainingMs(totalMs))) }),
    };
    return { ...this.#call, timeouts, guards: this.#guards };
  }

  get #isOutOfTime(): boolean {
    return this.#totalMs !== undefined && this.#remainingMs(this.#totalMs) <= 0;
  }

  get #totalMs(): number | undefined {
    return this.#call.timeouts?.totalMs ?? this.#setting.timeouts?.totalMs;
  }

  #remainingMs(totalMs: number): number {
    return totalMs - this.#elapsedMs();
  }

  #elapsedMs(): number {
    return this.#setting.clock.elapsed() - this.#startedMs;
  }

  /** Notes the failure of an attempt. @throws The error itself when it ends the call. */
  #fail(turn: Turn, error: unknown): void {
    const plan = planFailure(error, this.#setting.reroute);
    const { stats, pacer } = turn.candidate;
    const over = this.#left || this.#call.signal?.aborted === true;
    if (over || !saysOfModel(error)) {
      release(turn, "forget");
    } else {
      release(turn, { failed: error });
      stats.failed();
      const resetMs = toldWaitMs(error);
      if (resetMs !== undefined && failureCode(error) === "model.rate_limited") {
        pacer.learn([{ kind: "requests", remaining: 0, resetMs }]);
      }
    }
    const isRefused = plan === "cheaper" && this.#setting.whenOverBudget === "error";
    if (over || plan === "end" || isRefused) {
      this.#ending = error;
      throw error;
    }
    this.#queue.failed(turn.candidate, error, plan);
  }

  async #takeOver(error: unknown): Promise<Running> {
    const told = this.#given && !this.#broken;
    if (told) this.#broken = { errorCode: failureCode(error), text: this.#partial?.continuable };
    this.#proof = undefined;
    // Of a model whose text nobody was given yet, nothing is part of the answer.
    const lost = told ? this.#attempts[this.#attempts.length - 1]?.usage : undefined;
    const running = await this.#open();
    if (running.attempt.plan.purpose === "continuation") {
      this.#usageBefore = addUsage(this.#usageBefore ?? {}, lost ?? {});
      this.#proof = new ContinuationProof(this.#broken?.text ?? "");
    } else {
      this.#usageBefore = undefined;
    }
    return running;
  }

  /** What the reader is given of the events of the attempt that runs. @returns Nothing where they may not be passed on. */
  #pass(events: readonly ModelEvent[], running: Running): readonly ModelEvent[] | undefined {
    if (dropsBeginning(running, events)) return undefined;
    let passed = events;
    if (this.#proof) {
      const proved = this.#proof.push(events);
      if (!proved) return [];
      const { verdict } = proved;
      if (verdict === "doubtful") return undefined;
      this.#proof = undefined;
      if (verdict === "anew") this.#usageBefore = undefined;
      passed = this.#taken(proved.events, running, verdict === "anew" ? "restart" : "continue");
    } else if (this.#broken) {
      passed = this.#taken(events, running, "restart");
    }
    if (running.attempt.firstTokenMs !== undefined) this.#firstTokenMs ??= this.#elapsedMs();
    const { finish } = running.attempt;
    if (finish)
      passed = passed.map((event) => (event.type === "finish" ? this.#complete(running, event) : event));
    this.#given = true;
    if (this.#partial) for (const event of passed) this.#partial.note(event);
    return passed;
  }

  /** Tells a takeover in place of the start. */
  #taken(
    events: readonly ModelEvent[],
    { attempt }: Running,
    type: "restart" | "continue",
  ): readonly ModelEvent[] {
    const errorCode = this.#broken?.errorCode ?? "internal";
    this.#broken = undefined;
    const { provider, modelId } = attempt.plan;
    const begin = attempt.start ?? { provider, modelId, warnings: [], rateLimits: [] };
    const takeover: RestartEvent | ContinueEvent = { ...begin, type, errorCode };
    return [takeover, ...events.filter((event) => event.type !== "start")];
  }

  #complete({ turn, attempt }: Running, finish: FinishEvent): FinishEvent {
    this.#done = true;
    release(turn, finish.cache ? "forget" : "succeeded");
    const { decider, affinity, clock } = this.#setting;
    const { candidate } = turn;
    const { usage } = finish;
    const { firstTokenMs, elapsedMs: totalMs } = attempt;
    // An answer that was kept says nothing of the model now.
    if (!finish.cache) candidate.stats.succeeded({ firstTokenMs, totalMs, outputTokens: usage.outputTokens });
    if (usage.outputTokens !== undefined) decider.learnOutput(usage.outputTokens);
    const inputTokens = usage.inputTokens ?? this.#choice.needs.inputTokens;
    affinity.remember(candidate.id, this.#choice.conversation, inputTokens, clock.now());
    return routedFinish(finish, {
      attempts: [...this.#attempts],
      decision: this.#choice.decision,
      usage: this.#usageBefore ? addUsage(this.#usageBefore, usage) : usage,
      firstTokenMs: this.#firstTokenMs,
      totalMs: this.#elapsedMs(),
    });
  }
}

/** A router that goes on with a text can't begin it anew after a failure of its own: it was not told to write the beginning. */
function dropsBeginning({ attempt }: Running, events: readonly ModelEvent[]): boolean {
  return attempt.plan.purpose === "continuation" && events.some(({ type }) => type === "restart");
}

/** Whether a failure is one of the model, not of the caller, a budget or a store. */
function saysOfModel(error: unknown): boolean {
  return !SalesAgentError.is(error) || error.code.startsWith("model.");
}

function release(
  { permit, seat }: Turn,
  outcome: "succeeded" | "forget" | { readonly failed: unknown },
): void {
  seat?.release();
  if (outcome === "succeeded") permit.succeed();
  else if (outcome === "forget") permit.forget();
  else permit.fail(outcome.failed);
}
