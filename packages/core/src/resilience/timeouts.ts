import { type Clock, onAbort, type Replay, systemClock, untilAborted } from "@salesagent/ports";
import { linkSignal } from "../kernel/linked-signal.js";
import { checkFunction, checkName, checkSpan } from "./check-option.js";
import { createDeadline, type DeadlineOptions, timedOut } from "./deadline.js";
import { StepTimer } from "./step-timer.js";

/**
 * Runs a task with a time limit.
 *
 * @param task - Is given a signal that aborts at the limit. One that does not listen is left to itself.
 * @throws SalesAgentError `call.timed_out`; the caller's reason, as soon as its signal aborts; what the task throws.
 */
export async function withTimeout<T>(
  task: (signal: AbortSignal) => Promise<T>,
  options: DeadlineOptions,
): Promise<T> {
  options.signal?.throwIfAborted();
  using deadline = createDeadline(options);
  return await untilAborted(task(deadline.signal), deadline.signal);
}

/** The time limits of a stream, in milliseconds > 0. Those that are left out do not hold. */
export interface StreamTimeouts {
  /** Names the stream, in errors; 1–400 characters. */
  readonly name: string;
  /** From the opening to the first item. */
  readonly firstItemMs?: number;
  /** From asking for an item, after the first, to getting it. A slow reader's own time does not count. */
  readonly stallMs?: number;
  /** From the opening to the end, a slow reader's time too. */
  readonly totalMs?: number;
  /** The caller's, which ends the stream too. */
  readonly signal?: AbortSignal;
  /** Whether a stream that is cut off may be opened again without acting twice. @defaultValue `unsafe` */
  readonly replay?: Replay;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock;
}

/**
 * Passes a stream on and holds it to time limits. At a limit, at the caller's abort and when the reader leaves, the source
 * is told by its signal and let go; one that hangs holds nobody up.
 *
 * @param open - Opens the stream when its first item is asked for.
 * @throws SalesAgentError `call.timed_out`; the caller's reason, as soon as its signal aborts; what the stream throws.
 */
export function withTimeouts<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  limits: StreamTimeouts,
): AsyncGenerator<T, void, void> {
  checkFunction("timeouts: open", open);
  checkName("timeouts.name", limits.name);
  for (const limit of ["firstItemMs", "stallMs", "totalMs"] as const) {
    const limitMs = limits[limit];
    if (limitMs !== undefined) checkSpan(`timeouts.${limit}`, limitMs, 1);
  }
  return relay(open, limits);
}

async function* relay<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  limits: StreamTimeouts,
): AsyncGenerator<T, void, void> {
  const { signal: caller } = limits;
  caller?.throwIfAborted();
  using upstream = linkSignal(caller);
  /** Ends the step that is awaited. Not a race: a lasting loser would keep every item. */
  let interrupt: (reason: unknown) => void = () => {};
  const watch = new StreamWatch(limits, (error) => {
    upstream.abort(error);
    interrupt(error);
  });
  const unlink = caller ? onAbort(caller, () => interrupt(caller.reason)) : () => {};
  let source: AsyncIterator<T> | undefined;
  try {
    const items = open(upstream.signal)[Symbol.asyncIterator]();
    source = items;
    for (;;) {
      upstream.signal.throwIfAborted();
      watch.asked();
      const step = await new Promise<IteratorResult<T>>((resolve, reject) => {
        interrupt = reject;
        items.next().then(resolve, reject);
      });
      watch.answered();
      if (step.done) return;
      yield step.value;
    }
  } finally {
    unlink();
    watch.end();
    letGo(source);
    upstream.abort(new DOMException("The stream is not read any more.", "AbortError"));
  }
}

/** Not awaited, and its failure concerns nobody: the stream is over. */
function letGo(source: AsyncIterator<unknown> | undefined): void {
  source?.return?.().then(undefined, () => {});
}

/** Watches over the steps of one stream. */
class StreamWatch {
  readonly #limits: StreamTimeouts;
  readonly #clock: Clock;
  readonly #timer: StepTimer;
  readonly #totalDueMs: number;
  #stepDueMs = Number.POSITIVE_INFINITY;
  #isFirst = true;

  constructor(limits: StreamTimeouts, expire: (error: unknown) => void) {
    this.#limits = limits;
    this.#clock = limits.clock ?? systemClock;
    this.#totalDueMs = this.#clock.elapsed() + (limits.totalMs ?? Number.POSITIVE_INFINITY);
    this.#timer = new StepTimer(this.#clock, () => expire(this.#error()));
  }

  asked(): void {
    const { firstItemMs, stallMs } = this.#limits;
    const limitMs = (this.#isFirst ? firstItemMs : stallMs) ?? Number.POSITIVE_INFINITY;
    this.#stepDueMs = this.#clock.elapsed() + limitMs;
    this.#timer.set(Math.min(this.#stepDueMs, this.#totalDueMs));
  }

  answered(): void {
    this.#isFirst = false;
    this.#stepDueMs = Number.POSITIVE_INFINITY;
    this.#timer.set(this.#totalDueMs);
  }

  end(): void {
    this.#timer.cancel();
  }

  #error(): unknown {
    const { name, firstItemMs = 0, stallMs = 0, totalMs = 0, replay = "unsafe" } = this.#limits;
    if (this.#totalDueMs <= this.#stepDueMs) return timedOut(name, "did not end", totalMs, replay);
    return this.#isFirst
      ? timedOut(name, "did not begin", firstItemMs, replay)
      : timedOut(name, "did not go on", stallMs, replay);
  }
}
