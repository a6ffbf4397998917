import type { Clock } from "@salesagent/ports";

/** So many calls in so much time. */
export interface RateWindow {
  readonly limit: number;
  readonly windowMs: number;
}

/** How one window stands after a call. */
export interface RateState extends RateWindow {
  readonly remaining: number;
  /** Until it begins anew. */
  readonly resetMs: number;
}

/** What a call came to. */
export interface RateVerdict {
  readonly allowed: boolean;
  /** In the order of the windows. */
  readonly states: readonly RateState[];
  /** Until a call has room in every window; 0 when this one had. */
  readonly retryAfterMs: number;
}

/**
 * Several windows at once, for each key. A window begins with its first call. A call without room counts as a breach and
 * against no window.
 */
export class RateWindows {
  readonly #windows: readonly RateWindow[];
  readonly #clock: Clock;
  readonly #open = new Map<string, { startedMs: number; used: number }[]>();
  #breaches = 0;

  constructor(windows: readonly RateWindow[], clock: Clock) {
    this.#windows = windows;
    this.#clock = clock;
  }

  /** Calls that came though there was no room. */
  get breaches(): number {
    return this.#breaches;
  }

  /** Takes one call in, if every window has room for it. */
  take(key: string): RateVerdict {
    const nowMs = this.#clock.now();
    const open = this.#open.get(key) ?? this.#windows.map(() => ({ startedMs: nowMs, used: 0 }));
    this.#open.set(key, open);
    for (const [at, window] of this.#windows.entries()) {
      const state = open[at];
      if (state !== undefined && nowMs >= state.startedMs + window.windowMs) {
        state.startedMs = nowMs;
        state.used = 0;
      }
    }
    const allowed = this.#windows.every(({ limit }, at) => (open[at]?.used ?? 0) < limit);
    if (allowed) for (const state of open) state.used += 1;
    else this.#breaches += 1;
    const states = this.#windows.map((window, at): RateState => {
      const { startedMs, used } = open[at] ?? { startedMs: nowMs, used: 0 };
      return {
        ...window,
        remaining: window.limit - used,
        resetMs: startedMs + window.windowMs - nowMs,
      };
    });
    const full = states.filter(({ remaining }) => remaining <= 0).map(({ resetMs }) => resetMs);
    return { allowed, states, retryAfterMs: allowed ? 0 : Math.max(...full) };
  }
}
