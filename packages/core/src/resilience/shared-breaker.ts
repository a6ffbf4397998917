import {
  type BreakerRecord,
  type CallOptions,
  type Clock,
  SalesAgentError,
  untilAborted,
} from "@salesagent/ports";
import type { SharedBreaker } from "./breaker-options.js";

/** A store that does not answer within this counts as away. */
const PATIENCE_MS = 2_000;
/** A right to probe that no call used is over after this, so that other processes get it. */
const UNUSED_RIGHT_MS = 5_000;

/** What sharing needs of a breaker. */
export interface SharingBreaker {
  readonly name: string;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** Takes over what another process wrote, where it is newer. */
  adopt(record: BreakerRecord): void;
  /** Whether it waits for a probe and none is on its way. */
  isProbeDue(): boolean;
}

/**
 * A breaker's tie to the store that it shares with other processes. Everything happens beside the calls, one request at a
 * time and in order; a store that fails is told to `onError` and no call ever waits for it or fails by it.
 */
export class BreakerSharing {
  readonly #breaker: SharingBreaker;
  readonly #options: Required<SharedBreaker>;
  #queue: Promise<unknown> = Promise.resolve();
  #nextReadMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  #claiming: Promise<void> | undefined;
  /** By `elapsed()`: until when the right to probe is kept for the next call. */
  #rightUntilMs: number | undefined;
  #deniedUntilMs = Number.NEGATIVE_INFINITY;
  #unsaved: BreakerRecord | undefined;

  constructor(breaker: SharingBreaker, shared: SharedBreaker) {
    this.#breaker = breaker;
    this.#options = { refreshMs: 1_000, leaseMs: 120_000, ...shared };
  }

  /** Reads in the background, when it is time to. */
  tick(): void {
    if (this.#breaker.clock.elapsed() >= this.#nextReadMs) void this.read();
  }

  /** Reads what others wrote, and writes again what could not be written. */
  read(): Promise<void> {
    this.#nextReadMs = this.#breaker.clock.elapsed() + this.#options.refreshMs;
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const { name } = this.#breaker;
    if (this.#unsaved) this.write(this.#unsaved);
    const records = await this.#ask((call) => this.#options.store.list([name], call));
    const record = records?.find((each) => each.name === name);
    if (record) this.#breaker.adopt(record);
  }

  write(record: BreakerRecord): void {
    this.#unsaved = record;
    void this.#ask(async (call) => {
      await this.#options.store.put(record, call);
      if (this.#unsaved === record) this.#unsaved = undefined;
    });
  }

  /** Whether this process may probe now. Where that is not known, it finds out in the background, for the next call. */
  mayProbe(): boolean {
    // A right that nobody used until its end is taken as it is: else a process with few calls would never probe.
    if (this.#rightUntilMs !== undefined) return true;
    if (this.#breaker.clock.elapsed() >= this.#deniedUntilMs) void this.claim();
    return false;
  }

  /** Asks for the right to probe, unless it is here. Takes no longer than a store may take to answer. */
  claim(): Promise<void> {
    if (this.#rightUntilMs !== undefined) return Promise.resolve();
    this.#claiming ??= this.#claimOnce().finally(() => {
      this.#claiming = undefined;
    });
    return this.#claiming;
  }

  async #claimOnce(): Promise<void> {
    const { clock } = this.#breaker;
    const won = await this.#claimFor(UNUSED_RIGHT_MS);
    if (won === false) {
      this.#deniedUntilMs = clock.elapsed() + this.#options.refreshMs;
      return;
    }
    // Whoever had the right before may just have found out how the dependency is.
    if (won) await this.read();
    if (this.#breaker.isProbeDue()) this.#rightUntilMs = clock.elapsed() + UNUSED_RIGHT_MS;
    else this.release();
  }

  /** Uses the right for a probe that begins now. */
  take(): void {
    this.#rightUntilMs = undefined;
    void this.#claimFor(this.#options.leaseMs);
  }

  /** Gives the right back, used or not. */
  release(): void {
    this.#rightUntilMs = undefined;
    void this.#ask((call) => this.#options.store.releaseProbe(this.#breaker.name, this.#options.owner, call));
  }

  /** Undefined where the store is away: then each process probes by itself. */
  #claimFor(leaseMs: number): Promise<boolean | undefined> {
    const until = new Date(this.#breaker.clock.now() + leaseMs).toISOString();
    return this.#ask((call) =>
      this.#options.store.claimProbe(this.#breaker.name, this.#options.owner, until, call),
    );
  }

  /** Asks the store, after what was asked before. Undefined when it failed or did not answer in time. */
  #ask<T>(question: (call: CallOptions) => Promise<T>): Promise<T | undefined> {
    const answer = this.#queue
      .then(() => this.#askNow(question))
      .catch((error: unknown) => {
        this.#breaker.onError(error);
        return undefined;
      });
    this.#queue = answer;
    return answer;
  }

  async #askNow<T>(question: (call: CallOptions) => Promise<T>): Promise<T> {
    const patience = new AbortController();
    const timer = this.#breaker.clock.schedule(PATIENCE_MS, () =>
      patience.abort(
        new SalesAgentError("call.timed_out", {
          message: `The store of circuit breakers did not answer within ${PATIENCE_MS} ms; each process probes by itself.`,
          facts: { name: this.#breaker.name, limitMs: PATIENCE_MS },
          replay: "safe",
        }),
      ),
    );
    try {
      return await untilAborted(question({ signal: patience.signal }), patience.signal);
    } finally {
      timer.cancel();
    }
  }
}
