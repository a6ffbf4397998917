import type { Clock, Timer } from "@salesagent/ports";
import type { WirePlan, WireStep } from "./wire-plan.js";

/** Where a plan is played: a socket, or a response of an injected `fetch`. */
export interface WireSink {
  head(status: number, headers: Readonly<Record<string, string>>, contentLength: number | undefined): void;
  /** False asks to wait for {@link whenWritable}. */
  write(bytes: Uint8Array): boolean;
  whenWritable(task: () => void): void;
  end(): void;
  /** Breaks the connection off, after what was written. */
  reset(): void;
}

/** Plays a plan in the clock's time. The returned function stops it and its timers; after the end it does nothing. */
export function playPlan(plan: WirePlan, sink: WireSink, clock: Clock, onEnd: () => void): () => void {
  const player = new PlanPlayer(plan, sink, clock, onEnd);
  player.start();
  return () => player.stop();
}

class PlanPlayer {
  readonly #plan: WirePlan;
  readonly #sink: WireSink;
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  #next = 0;
  #stopped = false;
  #timer: Timer | undefined;

  constructor(plan: WirePlan, sink: WireSink, clock: Clock, onEnd: () => void) {
    this.#plan = plan;
    this.#sink = sink;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  start(): void {
    const { beforeHeaders, headersMs } = this.#plan;
    if (beforeHeaders === "hold") return;
    if (beforeHeaders === "reset") this.#finish(() => this.#sink.reset());
    else if (headersMs > 0) this.#wait(headersMs, () => this.#begin());
    else this.#begin();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #begin(): void {
    this.#sink.head(this.#plan.status, this.#plan.headers, this.#plan.contentLength);
    this.#advance();
  }

  #advance(): void {
    while (!this.#stopped) {
      const step = this.#plan.steps[this.#next];
      this.#next += 1;
      if (step === undefined || !this.#take(step)) return;
    }
  }

  /** Does a step; false when the next one has to wait. */
  #take(step: WireStep): boolean {
    switch (step.do) {
      case "write":
        if (this.#sink.write(step.bytes)) return true;
        this.#sink.whenWritable(() => this.#advance());
        return false;
      case "wait":
        this.#wait(step.ms, () => this.#advance());
        return false;
      case "hold":
        if (step.keepAlive !== undefined) this.#keepAlive(step.keepAlive);
        return false;
      case "end":
        this.#finish(() => this.#sink.end());
        return false;
      case "reset":
        this.#finish(() => this.#sink.reset());
        return false;
    }
  }

  #wait(ms: number, task: () => void): void {
    if (ms > 0) {
      this.#timer = this.#clock.schedule(ms, task);
      return;
    }
    const turn = setImmediate(task);
    this.#timer = { cancel: () => clearImmediate(turn) };
  }

  #keepAlive(sign: { readonly bytes: Uint8Array; readonly everyMs: number }): void {
    this.#wait(Math.max(1, sign.everyMs), () => {
      this.#sink.write(sign.bytes);
      this.#keepAlive(sign);
    });
  }

  #finish(act: () => void): void {
    this.#stopped = true;
    this.#onEnd();
    act();
  }
}
