import type { Clock } from "@salesagent/ports";

/** Nobody is kept away for longer than a week, whatever was told. */
const LONGEST_MS = 7 * 24 * 3_600_000;

/** A probe on its way. Without an outcome it is given up at its time. */
export interface Probe {
  readonly untilMs: number;
  readonly retryAt: number;
}

/**
 * A breaker from when it opened until it is closed or opened anew. Time is kept by the clock's `elapsed()`, which never goes
 * back, and told by its `now()`.
 */
export class Opening {
  readonly errorCode: string | undefined;
  /** When its time is over, in milliseconds since the epoch. */
  readonly endsAt: number;
  /** Whether readers were told that it is half-open. */
  isKnownHalfOpen: boolean;
  readonly #clock: Clock;
  readonly #untilMs: number;
  #probe: Probe | undefined;

  /** @param spanMs - Milliseconds ≥ 0; 0: it waits for a probe already. */
  constructor(clock: Clock, spanMs: number, errorCode: string | undefined) {
    const { untilMs, retryAt } = after(clock, Math.min(spanMs, LONGEST_MS));
    this.#clock = clock;
    this.#untilMs = untilMs;
    this.endsAt = retryAt;
    this.errorCode = errorCode;
    this.isKnownHalfOpen = spanMs === 0;
  }

  get isOver(): boolean {
    return this.#clock.elapsed() >= this.#untilMs;
  }

  get hasProbe(): boolean {
    return this.#probe !== undefined && this.#clock.elapsed() < this.#probe.untilMs;
  }

  /** When a call is let through, in milliseconds since the epoch; undefined: now. */
  get retryAt(): number | undefined {
    if (this.#probe && this.hasProbe) return this.#probe.retryAt;
    return this.isOver ? undefined : this.endsAt;
  }

  /** Whether it lasts at least so much longer. */
  lasts(spanMs: number): boolean {
    return this.#untilMs >= this.#clock.elapsed() + spanMs;
  }

  beginProbe(leaseMs: number): Probe {
    this.#probe = after(this.#clock, leaseMs);
    return this.#probe;
  }

  /** @returns False for a probe that was given up and has a successor. */
  endProbe(probe: Probe): boolean {
    if (this.#probe !== probe) return false;
    this.#probe = undefined;
    return true;
  }
}

function after(clock: Clock, spanMs: number): Probe {
  return { untilMs: clock.elapsed() + spanMs, retryAt: Math.ceil(clock.now() + spanMs) };
}
