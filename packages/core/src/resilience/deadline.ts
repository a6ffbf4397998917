import { type Clock, type Replay, SalesAgentError, systemClock } from "@salesagent/ports";
import { linkSignal } from "../kernel/linked-signal.js";
import { checkName, checkSpan } from "./check-option.js";

/** How a time limit is made. */
export interface DeadlineOptions {
  /** Names what is limited, in errors; 1–400 characters. */
  readonly name: string;
  /** Milliseconds > 0. */
  readonly limitMs: number;
  /** The caller's, which ends it too. */
  readonly signal?: AbortSignal;
  /** Whether what is cut off may be run again without acting twice. @defaultValue `unsafe` */
  readonly replay?: Replay;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
}

/** A time limit as a signal. Dispose of it when the work is done; else its timer goes on until the limit. */
export interface Deadline extends Disposable {
  /** Aborts with the caller's reason, or with a SalesAgentError `call.timed_out`. */
  readonly signal: AbortSignal;
  /** Milliseconds left; 0 when it is over. */
  readonly remainingMs: number;
}

/**
 * A signal that aborts after a time, by any clock, and when the caller's does. Unlike `AbortSignal.any` and
 * `AbortSignal.timeout` it leaves nothing behind at the caller's signal.
 *
 * @throws RangeError or TypeError naming the option that makes no sense.
 */
export function createDeadline(options: DeadlineOptions): Deadline {
  const { name, limitMs, signal, replay = "unsafe", clock = systemClock } = options;
  checkName("deadline.name", name);
  checkSpan("deadline.limitMs", limitMs, 1);
  const linked = linkSignal(signal);
  const untilMs = clock.elapsed() + limitMs;
  const timer = clock.schedule(limitMs, () =>
    linked.abort(timedOut(name, "did not settle", limitMs, replay)),
  );
  return {
    signal: linked.signal,
    get remainingMs() {
      return Math.max(0, untilMs - clock.elapsed());
    },
    [Symbol.dispose]() {
      timer.cancel();
      linked[Symbol.dispose]();
    },
  };
}

/** @param what - What did not happen: `did not settle`. */
export function timedOut(
  name: string,
  what: string,
  limitMs: number,
  replay: Replay,
): SalesAgentError<"call.timed_out"> {
  return new SalesAgentError("call.timed_out", {
    message: `${name} ${what} within ${limitMs} ms. Try again, or raise the limit.`,
    facts: { name, limitMs },
    replay,
  });
}
