import type {
  AttemptGuard,
  AttemptPermit,
  AttemptPurpose,
  FinishEvent,
  ModelAttempt,
  ModelCallOptions,
  ModelEvent,
  ModelEventSource,
  ModelRequest,
  StreamControl,
} from "@salesagent/ports";
import { Attempt } from "../model/attempt.js";
import { retry } from "../resilience/retry.js";
import { attemptSpansOf } from "../telemetry/attempt-spans.js";
import { AnswerRelay } from "./answer-relay.js";
import { CallClock } from "./call-clock.js";
import { CandidateQueue } from "./candidate-queue.js";
import type { Choice } from "./decide.js";
import { failureCode, planFailure } from "./failure-plan.js";
import { HedgedOpening, hedgeDelayMs, type Opening } from "./hedged-opening.js";
import { routedFinish } from "./routed-finish.js";
import type { RoutingSetting, Running } from "./routing-setting.js";
import { continuing } from "./takeover.js";
import { endBadly, endWell, giveBack, type Turn } from "./turn.js";

const OVER: IteratorReturnResult<void> = { done: true, value: undefined };

/** One call of a router, from choice to finish. */
export class RoutedCall {
  readonly #setting: RoutingSetting;
  readonly #request: ModelRequest;
  readonly #call: ModelCallOptions;
  readonly #control: StreamControl;
  /** Attempts that nobody has let go of yet. */
  #openings: Opening[] = [];
  #running: Running | undefined;
  #left = false;
  #done = false;
  readonly #time: CallClock;
  readonly #choice: Choice;
  readonly #queue: CandidateQueue;
  readonly #attempts: ModelAttempt[] = [];
  readonly #guards: readonly AttemptGuard[];
  readonly #relay: AnswerRelay;
  #retriesLeft: number;
  /** The failure after which no other candidate is right to ask. */
  #ending: unknown;
  #firstTokenMs: number | undefined;

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
    this.#time = new CallClock(setting.clock, setting.timeouts, call);
    this.#choice = setting.decider.decide(request, call);
    attemptSpansOf(call.guards)?.decided(this.#choice.decision);
    this.#queue = new CandidateQueue(this.#choice, () => setting.clock.now());
    this.#retriesLeft = setting.retry.retries;
    // Last, so that it hears only of attempts that every other guard let begin.
    const record: AttemptPermit = { end: (attempt) => void this.#attempts.push(attempt) };
    const recorder: AttemptGuard = { begin: () => record };
    // A set: a host may give an agent and its router the same budgets.
    this.#guards = [...new Set([...(call.guards ?? []), ...setting.guards]), recorder];
    this.#relay = new AnswerRelay(setting.takeover, request);
    this.#time.watch(control);
  }

  /** The events of the answer, whoever writes it. Closing it lets go of all attempts at once. */
  source(): ModelEventSource {
    return {
      next: () => this.#next(),
      return: () => {
        this.#time.stop();
        this.#left = !this.#done;
        if (this.#left) this.#letGo();
        return Promise.resolve(OVER);
      },
    };
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
    if (this.#left) this.#letGo(); // of what began to answer while the reader left
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
    if (attempt.finish) endWell(turn);
    else giveBack(turn);
    void attempt.abandon();
    this.#relay.dropped();
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
      maxElapsedMs: Math.max(0, this.#time.leftMs),
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
      if (this.#queue.anyTried && this.#time.leftMs <= 0) throw this.#queue.giveUp();
      const turn = await this.#queue.take();
      if (turn && this.#left) giveBack(turn);
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
        giveBack(each);
        this.#queue.putFirst(each.candidate);
      },
    });
    this.#openings.push(race);
    return race.opened;
  }

  #beginOne(turn: Turn, given?: AttemptPurpose): Opening {
    const { model, refusesPrefill } = turn.candidate;
    const text = model.profile.abilities.prefill && !refusesPrefill ? this.#relay.continuable : undefined;
    const attempt = new Attempt({
      model,
      request: text === undefined ? this.#request : continuing(this.#request, text),
      call: this.#callFor(turn),
      purpose: text === undefined ? (given ?? this.#queue.purposeFor(turn.candidate)) : "continuation",
      clock: this.#setting.clock,
      callStartedMs: this.#time.startedMs,
    });
    const opening: Opening = {
      opened: this.#opened(turn, attempt),
      abandon: () => {
        giveBack(turn);
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
        giveBack(turn);
        this.#queue.putFirst(candidate);
        return undefined;
      }
      this.#fail(turn, error);
      return undefined;
    }
  }

  #callFor({ candidate }: Turn): ModelCallOptions {
    const timeouts = this.#time.limitsFor(candidate);
    if (!timeouts) return { ...this.#call, guards: this.#guards };
    return { ...this.#call, timeouts, guards: this.#guards };
  }

  /** Notes the failure of an attempt. @throws The error itself when it ends the call. */
  #fail(turn: Turn, error: unknown): void {
    const plan = planFailure(error, this.#setting.reroute);
    const over = this.#left || this.#call.signal?.aborted === true;
    if (over) giveBack(turn);
    else endBadly(turn, error);
    const isRefused = plan === "cheaper" && this.#setting.whenOverBudget === "error";
    if (over || plan === "end" || isRefused) {
      this.#ending = error;
      throw error;
    }
    this.#queue.failed(turn.candidate, error, plan);
  }

  async #takeOver(error: unknown): Promise<Running> {
    this.#relay.brokeOff(failureCode(error), this.#attempts[this.#attempts.length - 1]?.usage);
    const running = await this.#open();
    this.#relay.takenOver(running.attempt);
    return running;
  }

  /** What the reader is given of the events of the attempt that runs. @returns Nothing where they may not be passed on. */
  #pass(events: readonly ModelEvent[], running: Running): readonly ModelEvent[] | undefined {
    const passed = this.#relay.pass(events, running.attempt);
    if (!passed || passed.length === 0) return passed;
    const { firstTokenMs, finish } = running.attempt;
    if (firstTokenMs !== undefined) this.#firstTokenMs ??= this.#time.elapsedMs;
    if (!finish) return passed;
    return passed.map((event) => (event.type === "finish" ? this.#complete(running, event) : event));
  }

  #complete({ turn, attempt }: Running, finish: FinishEvent): FinishEvent {
    this.#done = true;
    // An answer that was kept says nothing of the model now.
    if (finish.cache) giveBack(turn);
    else endWell(turn);
    const { decider, affinity, clock } = this.#setting;
    const { candidate } = turn;
    const { usage } = finish;
    const { firstTokenMs, elapsedMs: totalMs } = attempt;
    if (!finish.cache) candidate.stats.succeeded({ firstTokenMs, totalMs, outputTokens: usage.outputTokens });
    if (usage.outputTokens !== undefined) decider.learnOutput(usage.outputTokens);
    const inputTokens = usage.inputTokens ?? this.#choice.needs.inputTokens;
    affinity.remember(candidate.id, this.#choice.conversation, inputTokens, clock.now());
    return routedFinish(finish, {
      attempts: [...this.#attempts],
      decision: this.#choice.decision,
      usage: this.#relay.usageOf(usage),
      firstTokenMs: this.#firstTokenMs,
      totalMs: this.#time.elapsedMs,
    });
  }
}
