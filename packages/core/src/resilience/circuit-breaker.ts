import { type BreakerRecord, SalesAgentError } from "@salesagent/ports";
import { breakerOpen, toBreakerRecord } from "./breaker-facts.js";
import {
  type BreakerOptions,
  type BreakerSettings,
  type BreakerSnapshot,
  type BreakerState,
  resolveBreaker,
} from "./breaker-options.js";
import { type BreakerPermit, Permit } from "./breaker-permit.js";
import { Opening } from "./opening.js";
import { OutcomeWindow } from "./outcome-window.js";
import { BreakerSharing } from "./shared-breaker.js";

/**
 * Keeps calls away from a dependency that fails, and lets one probe through from time to time. It counts outcomes, so that
 * a stream counts when it is over; all decisions are synchronous and cost microseconds.
 *
 * Closed, it lets everything through, and opens when `errorShare` of at least `minCalls` calls in `windowMs` failed, or at
 * once where the failure says so. Open, it lets nothing through until {@link CircuitBreaker.retryAt}. Half-open, one probe
 * runs: a good one closes it, a bad one opens it again, one that says nothing is given back. A call that began before it
 * opened neither closes nor opens it. opossum counts and decides; the rest is ours, because opossum's own half-open state
 * ends with filtered errors, hangs on aborted probes and runs on the platform's timers.
 */
export class CircuitBreaker {
  readonly #settings: BreakerSettings;
  readonly #sharing: BreakerSharing | undefined;
  #window: OutcomeWindow;
  #opening: Opening | undefined;
  #changedAt = 0;

  /** @throws RangeError or TypeError naming the option that makes no sense. */
  constructor(options: BreakerOptions) {
    this.#settings = resolveBreaker(options);
    this.#window = new OutcomeWindow(this.#settings, this.#settings.clock.elapsed());
    const { state } = options;
    if (state) {
      this.#restore(state.state, state.retryAt ?? 0, state.errorCode);
      this.#changedAt = state.changedAt;
    }
    if (options.shared) {
      const { name, clock, onError } = this.#settings;
      const adopt = (record: BreakerRecord) => this.#adopt(record);
      const isProbeDue = () => this.#dueOpening() !== undefined;
      this.#sharing = new BreakerSharing({ name, clock, onError, adopt, isProbeDue }, options.shared);
    }
  }

  get name(): string {
    return this.#settings.name;
  }

  get state(): BreakerState {
    if (!this.#opening) return "closed";
    return this.#opening.isKnownHalfOpen || this.#opening.isOver ? "half-open" : "open";
  }

  /**
   * When a call is let through, in milliseconds since the epoch; undefined: now. While a probe runs, when it is given up
   * at the latest.
   */
  get retryAt(): number | undefined {
    return this.#opening?.retryAt;
  }

  /** The state as plain data. `new CircuitBreaker({ …, state })` goes on from it. */
  snapshot(): BreakerSnapshot {
    const { calls, failures } = this.#window.counts(this.#elapsedMs());
    const retryAt = this.retryAt;
    return {
      name: this.name,
      state: this.state,
      ...(this.#opening?.errorCode === undefined ? {} : { errorCode: this.#opening.errorCode }),
      ...(retryAt === undefined ? {} : { retryAt }),
      changedAt: this.#changedAt,
      errorRate: calls === 0 ? 0 : failures / calls,
      calls,
    };
  }

  /**
   * Looks and takes, in one step. The permit is held for the whole life of what follows, until a stream's end.
   *
   * With shared state, the right to probe is asked for in the background, so the first call that finds the breaker due is
   * turned away; {@link CircuitBreaker.prepare} asks beforehand.
   *
   * @returns Undefined while it is open, and while another probe runs.
   */
  tryAcquire(): BreakerPermit | undefined {
    this.#sharing?.tick();
    if (!this.#opening) return this.#permitToCount(this.#window);
    const opening = this.#dueOpening();
    if (!opening || this.#sharing?.mayProbe() === false) return undefined;
    return this.#permitToProbe(opening);
  }

  /**
   * As {@link CircuitBreaker.tryAcquire}.
   *
   * @throws SalesAgentError `breaker.open`
   */
  acquire(): BreakerPermit {
    const permit = this.tryAcquire();
    if (permit) return permit;
    const retryAfterMs = Math.max(0, Math.ceil((this.retryAt ?? 0) - this.#settings.clock.now()));
    throw breakerOpen(this.name, retryAfterMs, this.#opening?.errorCode);
  }

  /**
   * Runs a task when the breaker lets it, and counts how it ends.
   *
   * @param signal - The caller's; a failure after its abort does not count.
   * @throws SalesAgentError `breaker.open`; else what the task throws.
   */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.prepare();
    const permit = this.acquire();
    try {
      const result = await task();
      permit.succeed();
      return result;
    } catch (error) {
      this.#settle(permit, error, signal);
      throw error;
    }
  }

  /**
   * Reads a stream when the breaker lets it, from the first item asked for. It counts as good at its end, and as nothing
   * when the reader leaves early.
   *
   * @param signal - The caller's; a failure after its abort does not count.
   * @throws SalesAgentError `breaker.open`; else what the stream throws.
   */
  async *runStream<T>(open: () => AsyncIterable<T>, signal?: AbortSignal): AsyncGenerator<T, void, void> {
    await this.prepare();
    const permit = this.acquire();
    try {
      yield* open();
      permit.succeed();
    } catch (error) {
      this.#settle(permit, error, signal);
      throw error;
    } finally {
      permit.forget();
    }
  }

  /** With shared state, and when a probe is due: asks for the right to probe, for 2 s at most. Else it is done at once. */
  prepare(): Promise<void> {
    return this.#sharing && this.#dueOpening() ? this.#sharing.claim() : Promise.resolve();
  }

  /** Reads the shared state. Never fails; a store that does is told to `onError`. */
  refresh(): Promise<void> {
    return this.#sharing?.read() ?? Promise.resolve();
  }

  /**
   * Opens at once, or stays open for longer.
   *
   * @param forMs - Milliseconds > 0; more than a week counts as a week.
   * @param errorCode - Why, as a code of the error family.
   */
  open(forMs: number, errorCode?: string): void {
    if (!(forMs > 0)) throw new RangeError(`breaker.open: forMs must be a number > 0, got ${forMs}`);
    this.#change(() => this.#toOpen(new Opening(this.#settings.clock, forMs, errorCode)));
  }

  /** Closes and forgets what was counted. */
  reset(): void {
    this.#change(() => this.#toClosed());
  }

  #elapsedMs(): number {
    return this.#settings.clock.elapsed();
  }

  /** The opening whose time is over, while no probe runs. */
  #dueOpening(): Opening | undefined {
    const opening = this.#opening;
    return opening?.isOver && !opening.hasProbe ? opening : undefined;
  }

  #settle(permit: BreakerPermit, error: unknown, signal: AbortSignal | undefined): void {
    if (signal?.aborted) permit.forget();
    else permit.fail(error);
  }

  #permitToCount(window: OutcomeWindow): BreakerPermit {
    return new Permit((outcome) => {
      const isCurrent = this.#window === window && !this.#opening;
      if (outcome.kind === "good") {
        if (isCurrent) window.add(true, this.#elapsedMs());
        return;
      }
      if (outcome.kind === "none") return;
      const verdict = this.#settings.classify(outcome.error);
      if (verdict.kind === "open") this.#openLonger(verdict.forMs, outcome.error);
      if (verdict.kind !== "failure" || !isCurrent) return;
      window.add(false, this.#elapsedMs());
      if (window.tooManyFailures) this.open(this.#settings.resetMs, codeOf(outcome.error));
    });
  }

  /** What a late call was told still holds, but never shortens an opening and never overrules a probe on its way. */
  #openLonger(forMs: number, error: unknown): void {
    if (this.#opening?.hasProbe || this.#opening?.lasts(forMs)) return;
    this.open(forMs, codeOf(error));
  }

  #permitToProbe(opening: Opening): BreakerPermit {
    const probe = opening.beginProbe(this.#settings.leaseMs);
    this.#sharing?.take();
    if (!opening.isKnownHalfOpen) {
      this.#change(() => {
        opening.isKnownHalfOpen = true;
      });
    }
    return new Permit((outcome) => {
      if (!opening.endProbe(probe) || this.#opening !== opening) {
        if (!this.#opening?.hasProbe) this.#sharing?.release();
        return;
      }
      try {
        if (outcome.kind === "good") this.reset();
        if (outcome.kind !== "bad") return;
        const verdict = this.#settings.classify(outcome.error);
        if (verdict.kind === "failure") this.open(this.#settings.resetMs, codeOf(outcome.error));
        if (verdict.kind === "open") this.open(verdict.forMs, codeOf(outcome.error));
      } finally {
        this.#sharing?.release();
      }
    });
  }

  #toOpen(opening: Opening): void {
    this.#window.close();
    this.#opening = opening;
  }

  #toClosed(): void {
    this.#window.close();
    this.#opening = undefined;
    this.#window = new OutcomeWindow(this.#settings, this.#elapsedMs());
  }

  #change(apply: () => void): void {
    apply();
    // Of two changes within a millisecond, the later one must win in the store.
    this.#changedAt = Math.max(Math.ceil(this.#settings.clock.now()), this.#changedAt + 1);
    this.#sharing?.write(toBreakerRecord(this.snapshot(), this.#opening?.endsAt));
    this.#tell();
  }

  #tell(): void {
    try {
      this.#settings.onChange(this.snapshot());
    } catch (error) {
      this.#settings.onError(error);
    }
  }

  #adopt(record: BreakerRecord): void {
    const changedAt = Date.parse(record.changedAt);
    if (!(changedAt > this.#changedAt)) return;
    const before = this.state;
    // Whoever wrote this had our probe's right before we took it.
    if (record.state === "half-open" && this.#opening?.hasProbe) return;
    this.#restore(
      record.state,
      record.retryAt === undefined ? 0 : Date.parse(record.retryAt),
      record.errorCode,
    );
    this.#changedAt = changedAt;
    if (this.state !== before) this.#tell();
  }

  #restore(state: BreakerState, retryAt: number, errorCode: string | undefined): void {
    if (state === "closed") {
      if (this.#opening) this.#toClosed();
      return;
    }
    // A time that is none would never be over.
    const isTimed = state === "open" && Number.isFinite(retryAt);
    const spanMs = isTimed ? Math.max(0, retryAt - this.#settings.clock.now()) : 0;
    this.#toOpen(new Opening(this.#settings.clock, spanMs, errorCode));
  }
}

function codeOf(error: unknown): string | undefined {
  return SalesAgentError.is(error) ? error.code : undefined;
}
