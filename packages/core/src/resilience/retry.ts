import {
  type Clock,
  type ErrorCode,
  SalesAgentError,
  systemClock,
  untilAborted,
  wait,
} from "@salesagent/ports";
import pRetry from "p-retry";
import { backoffMs } from "./backoff.js";
import { checkFunction, checkOption, checkSpan } from "./check-option.js";
import { retryAfterOf } from "./retry-after.js";

/** A wait that begins. */
export interface RetryWait {
  /** The try that failed, from 1 on. */
  readonly attempt: number;
  readonly waitMs: number;
  readonly error: unknown;
}

/** How often, how long and after what a task is tried again. */
export interface RetryOptions {
  /** Tries after the first; a whole number ≥ 0, or `Infinity`. @defaultValue 3 */
  readonly retries?: number;
  /** Upper bound of the first wait, in milliseconds. @defaultValue 2,000 */
  readonly baseMs?: number;
  /** How much the bound grows from wait to wait, ≥ 1. @defaultValue 2 */
  readonly factor?: number;
  /** Upper bound of a wait that nobody told, in milliseconds. @defaultValue 60,000 */
  readonly capMs?: number;
  /** A told wait that is longer ends the trying at once with the error, in milliseconds. @defaultValue 60,000 */
  readonly maxWaitMs?: number;
  /** No try begins later than this after the start, in milliseconds. @defaultValue Infinity */
  readonly maxElapsedMs?: number;
  /** Which errors another try may mend. @defaultValue {@link isTransient} */
  readonly retryable?: (error: unknown) => boolean;
  /** How long the error asks to wait, in milliseconds. @defaultValue {@link retryAfterOf} */
  readonly retryAfter?: (error: unknown) => number | undefined;
  /** Tries again also where the error says that this may act twice. @defaultValue false */
  readonly retryUnsafe?: boolean;
  /** Is told of each wait before it begins. */
  readonly onWait?: (wait: RetryWait) => void;
  /** Ends the trying, also in the middle of a wait or of a task that does not listen. */
  readonly signal?: AbortSignal;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
  /** Numbers in [0, 1). @defaultValue Math.random */
  readonly random?: () => number;
}

type RetrySettings = Required<Omit<RetryOptions, "signal">> & Pick<RetryOptions, "signal">;

/** Added to a told wait, at most: so that those who were told the same do not come back in the same instant. */
const TOLD_JITTER_MS = 250;

const TRANSIENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "model.rate_limited",
  "model.overloaded",
  "model.server_error",
  "model.unreachable",
  "model.timed_out",
  "model.stream_cut",
  "model.malformed_response",
  "store.unavailable",
  "call.timed_out",
]);

/** Whether time may mend an error: rate limits, overload, server and network failures of models and stores, late calls. */
export function isTransient(error: unknown): boolean {
  return SalesAgentError.is(error) && TRANSIENT.has(error.code);
}

/**
 * Tries a task again after failures that time may mend. p-retry counts the tries; the waits are ours: full jitter, and
 * never shorter than what the error asks for.
 *
 * It stops, with the task's own error, when the tries are used up, the error is not `retryable`, is marked
 * `replay: "unsafe"`, asks for a wait beyond `maxWaitMs`, or would be waited for beyond `maxElapsedMs`. A `TypeError` that
 * is no network failure is the programmer's and not tried again.
 *
 * @param task - Is given the number of the try, from 1 on, and the signal.
 * @throws The task's last error; the signal's reason, as soon as it aborts. RangeError or TypeError for options that make
 *   no sense.
 */
export async function retry<T>(
  task: (attempt: number, signal?: AbortSignal) => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const settings = resolveRetry(options);
  const { clock, signal } = settings;
  signal?.throwIfAborted();
  const startedMs = clock.elapsed();
  const attempt = async (number: number): Promise<T> => {
    try {
      return await untilAborted(task(number, signal), signal);
    } catch (error) {
      throw error instanceof Error ? error : new Thrown(error);
    }
  };
  const shouldRetry = async ({ error, attemptNumber }: { error: Error; attemptNumber: number }) => {
    signal?.throwIfAborted();
    const failure = thrownBy(error);
    const waitMs = nextWaitMs(failure, attemptNumber, clock.elapsed() - startedMs, settings);
    if (waitMs === undefined) return false;
    settings.onWait({ attempt: attemptNumber, waitMs, error: failure });
    await wait(clock, waitMs, signal);
    return true;
  };
  const tryAgain = async (first: unknown): Promise<T> => {
    const again = (number: number) => (number === 1 ? Promise.reject(first) : attempt(number));
    try {
      return await pRetry(again, { retries: settings.retries, minTimeout: 0, shouldRetry });
    } catch (error) {
      throw signal?.aborted ? signal.reason : thrownBy(error);
    }
  };
  try {
    // Most tasks succeed at once, and need not pay for what counts the tries.
    return await attempt(1);
  } catch (first) {
    return tryAgain(first);
  }
}

/** Carries what a task threw that is no error, of which p-retry would make a `TypeError`. */
class Thrown extends Error {
  constructor(readonly value: unknown) {
    super("not an error");
  }
}

const thrownBy = (error: unknown): unknown => (error instanceof Thrown ? error.value : error);

/** Undefined when there is no other try. */
function nextWaitMs(
  error: unknown,
  attempt: number,
  elapsedMs: number,
  settings: RetrySettings,
): number | undefined {
  if (!settings.retryable(error)) return undefined;
  if (SalesAgentError.is(error) && error.replay === "unsafe" && !settings.retryUnsafe) return undefined;
  const toldMs = settings.retryAfter(error);
  if (toldMs !== undefined && toldMs > settings.maxWaitMs) return undefined;
  const { baseMs, capMs, factor, random } = settings;
  const waitMs =
    toldMs === undefined
      ? backoffMs({ attempt, baseMs, capMs, factor, random })
      : Math.ceil(toldMs) + Math.floor(random() * Math.min(TOLD_JITTER_MS, baseMs));
  return elapsedMs + waitMs > settings.maxElapsedMs ? undefined : waitMs;
}

function resolveRetry(options: RetryOptions): RetrySettings {
  const settings: RetrySettings = {
    retries: 3,
    baseMs: 2_000,
    factor: 2,
    capMs: 60_000,
    maxWaitMs: 60_000,
    maxElapsedMs: Number.POSITIVE_INFINITY,
    retryable: isTransient,
    retryAfter: retryAfterOf,
    retryUnsafe: false,
    onWait: () => {},
    clock: systemClock,
    random: Math.random,
    ...options,
  };
  const { retries, factor } = settings;
  const isCount = (it: number) => it === Number.POSITIVE_INFINITY || (Number.isInteger(it) && it >= 0);
  checkOption("retry.retries", retries, "a whole number ≥ 0, or Infinity", isCount);
  checkOption("retry.factor", factor, "a number ≥ 1", (it) => it >= 1 && it < Number.POSITIVE_INFINITY);
  checkSpan("retry.baseMs", settings.baseMs, 0);
  checkSpan("retry.capMs", settings.capMs, 0);
  for (const name of ["maxWaitMs", "maxElapsedMs"] as const) {
    checkOption(
      `retry.${name}`,
      settings[name],
      "a number of milliseconds ≥ 0, or Infinity",
      (it) => it >= 0,
    );
  }
  for (const name of ["retryable", "retryAfter", "onWait", "random"] as const) {
    checkFunction(`retry.${name}`, settings[name]);
  }
  return settings;
}
