import { type Clock, onAbort, type RateGrant, SalesAgentError, wait } from "@salesagent/ports";

/** What a lane is made of. */
export interface RateLaneOptions {
  /** Names the budget, in errors. */
  readonly name: string;
  readonly clock: Clock;
  /** Asks for leave for so many calls. */
  readonly ask: (calls: number) => Promise<RateGrant>;
  /** How many calls may be asked for at once. */
  readonly mostCalls: () => number;
}

/** Somebody who waits for leave. */
interface Waiter {
  readonly sinceMs: number;
  readonly maxWaitMs: number;
  readonly go: (waitedMs: number) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Those of one group and priority, in the order in which they came. One question is on its way at a time, for several of them at
 * once where there are several, so that a thousand who wait ask the store no more often than one.
 */
export class RateLane {
  readonly #options: RateLaneOptions;
  /** Keeps the order, and lets go of one in the middle. */
  readonly #waiters = new Set<Waiter>();
  #isAsking = false;
  /** Set while all wait for a window to have room. */
  #pause: { readonly untilMs: number; readonly stop: AbortController } | undefined;
  /** How many to ask for; falls to one where there is little room. */
  #stride = 1;

  constructor(options: RateLaneOptions) {
    this.#options = options;
  }

  async take(maxWaitMs: number, signal: AbortSignal | undefined): Promise<number> {
    signal?.throwIfAborted();
    let release = () => {};
    try {
      return await new Promise<number>((resolve, reject) => {
        const sinceMs = this.#options.clock.elapsed();
        const waiter: Waiter = { sinceMs, maxWaitMs, go: resolve, fail: reject };
        const leftMs = this.#pause === undefined ? 0 : this.#pause.untilMs - sinceMs;
        if (leftMs > maxWaitMs) return reject(this.#tooLong(leftMs, maxWaitMs));
        this.#waiters.add(waiter);
        if (signal) release = onAbort(signal, () => this.#leave(waiter, signal.reason));
        if (!this.#isAsking) void this.#serve();
      });
    } finally {
      release();
    }
  }

  #leave(waiter: Waiter, error: unknown): void {
    this.#waiters.delete(waiter);
    waiter.fail(error);
    // A wait that nobody needs any more must not keep the process alive.
    if (this.#waiters.size === 0) this.#pause?.stop.abort();
  }

  /** Goes on while somebody waits. Never fails: who waits is told. */
  async #serve(): Promise<void> {
    this.#isAsking = true;
    try {
      while (this.#waiters.size > 0) await this.#askOnce();
    } catch (error) {
      for (const waiter of this.#waiters) this.#leave(waiter, error);
    } finally {
      this.#isAsking = false;
    }
  }

  async #askOnce(): Promise<void> {
    const calls = Math.max(1, Math.min(this.#stride, this.#waiters.size, this.#options.mostCalls()));
    const grant = await this.#options.ask(calls);
    if (grant.granted) {
      this.#stride = Math.min(MOST_AT_ONCE, this.#stride * 2);
      this.#letGo(calls);
      return;
    }
    this.#stride = 1;
    if (calls === 1) await this.#rest(Math.max(1, Math.ceil(grant.waitMs)));
  }

  #letGo(calls: number): void {
    const nowMs = this.#options.clock.elapsed();
    for (const waiter of [...this.#waiters].slice(0, calls)) {
      this.#waiters.delete(waiter);
      waiter.go(nowMs - waiter.sinceMs);
    }
  }

  async #rest(waitMs: number): Promise<void> {
    const { clock } = this.#options;
    const nowMs = clock.elapsed();
    for (const waiter of [...this.#waiters]) {
      const isTooLong = nowMs - waiter.sinceMs + waitMs > waiter.maxWaitMs;
      if (isTooLong) this.#leave(waiter, this.#tooLong(waitMs, waiter.maxWaitMs));
    }
    if (this.#waiters.size === 0) return;
    const stop = new AbortController();
    this.#pause = { untilMs: nowMs + waitMs, stop };
    try {
      await wait(clock, waitMs, stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      this.#pause = undefined;
    }
  }

  #tooLong(waitMs: number, capMs: number): SalesAgentError<"call.wait_too_long"> {
    const { name } = this.#options;
    return new SalesAgentError("call.wait_too_long", {
      message: `The rate budget ${name} has room in ${waitMs} ms, and no more than ${capMs} ms are allowed. Try again later, or raise maxWaitMs.`,
      facts: { name, waitMs, capMs },
      replay: "safe",
    });
  }
}

/** Leave for several is taken at once: a call to a store is dear, and leave that nobody uses is lost. */
const MOST_AT_ONCE = 8;
