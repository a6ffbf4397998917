import type { Clock, Timer } from "@salesagent/ports";
import { linkSignal } from "../kernel/linked-signal.js";

export interface HeldLeaseOptions {
  readonly clock: Clock;
  readonly leaseMs: number;
  /** Until when it was given, milliseconds since the epoch. */
  readonly untilMs: number;
  /** Prolongs it; false when it is lost. */
  readonly renew: (untilMs: number) => Promise<boolean>;
  /** The work ends with it. */
  readonly caller: AbortSignal | undefined;
  /** How long the work may take. */
  readonly limitMs: number | undefined;
}

/** Why work under a lease was stopped. */
export type LeaseEnd = "caller" | "limit" | "lost";

/** A lease that is prolonged until it is let go, and a signal for the work that is done under it. */
export interface HeldLease extends Disposable {
  readonly signal: AbortSignal;
  /** Set once the signal has aborted. */
  readonly end: LeaseEnd | undefined;
  /** Until when it was prolonged, milliseconds since the epoch. */
  readonly untilMs: number;
}

/** Holds a lease: three renewals fit into one, so that one or two may fail. */
export function holdLease({ clock, leaseMs, untilMs, renew, caller, limitMs }: HeldLeaseOptions): HeldLease {
  const linked = linkSignal(caller);
  const timers = new Set<Timer>();
  let end: LeaseEnd | undefined;
  let over = false;

  const after = (delayMs: number, task: () => void): void => {
    const timer = clock.schedule(delayMs, () => {
      timers.delete(timer);
      task();
    });
    timers.add(timer);
  };
  const stop = (why: "limit" | "lost"): void => {
    if (over || linked.signal.aborted) return;
    end = why;
    linked.abort(new DOMException(`The work was stopped: ${why}.`, "AbortError"));
  };
  const prolong = async (): Promise<void> => {
    const wantedMs = clock.now() + leaseMs;
    try {
      if (!(await renew(wantedMs))) return stop("lost");
      untilMs = wantedMs;
    } catch {
      // A store that is away may be back for the next renewal, which comes before the lease is over.
      if (clock.now() >= untilMs) return stop("lost");
    }
    if (!over && !linked.signal.aborted) after(leaseMs / 3, () => void prolong());
  };

  after(leaseMs / 3, () => void prolong());
  if (limitMs !== undefined) after(limitMs, () => stop("limit"));
  return {
    signal: linked.signal,
    get end() {
      return end ?? (linked.signal.aborted ? "caller" : undefined);
    },
    get untilMs() {
      return untilMs;
    },
    [Symbol.dispose]() {
      over = true;
      for (const timer of timers) timer.cancel();
      timers.clear();
      linked[Symbol.dispose]();
    },
  };
}
