import { onAbort } from "./on-abort.js";

/** What the producer of a stream is given. */
export interface StreamControl {
  /** Aborts when nobody wants the events any more. */
  readonly signal: AbortSignal;
  /** Ends the stream at once with this error, even while the producer is still waiting for something. */
  fail(reason: unknown): void;
}

/** Makes the events of one stream, in batches: a batch is what one read of the wire brings. */
export type EventSource<Event> = AsyncIterator<readonly Event[], void, void>;

/** Puts events together to a result. */
export interface EventFold<Event, Result> {
  /** Takes the next event; answers with the result when this event completes it. */
  push(event: Event): { readonly result: Result } | undefined;
  /** The error for a source that ended before its result was complete. */
  cut(): unknown;
}

interface Settlers<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

type Outcome<Result> = { readonly result: Result } | { readonly failure: unknown };

const NONE: readonly never[] = [];

/** A class, not a literal with a getter: of such, the engine keeps the shape of each until its next full collection. */
class Control implements StreamControl {
  readonly fail: (reason: unknown) => void;
  readonly #signal: () => AbortSignal;

  constructor(signal: () => AbortSignal, fail: (reason: unknown) => void) {
    this.#signal = signal;
    this.fail = fail;
  }

  get signal(): AbortSignal {
    return this.#signal();
  }
}

/**
 * A stream of events that ends in a result. It keeps what every stream of this SDK promises: nothing starts before it is
 * read, one reader, abort and `fail` settle a waiting read within one turn, `break` closes the source, no end without the
 * event that completes the result.
 */
export class EventStream<Event, Result> implements AsyncIterable<Event>, AsyncIterator<Event, void, void> {
  readonly #open: (control: StreamControl) => EventSource<Event>;
  readonly #caller: AbortSignal | undefined;
  /** Lets go of the caller's signal. */
  #release: () => void = () => {};
  /** Made when the source asks for its signal: most calls end well, and a controller costs more than an event. */
  #upstream: AbortController | undefined;
  readonly #fold: EventFold<Event, Result>;
  #source: EventSource<Event> | undefined;
  #batch: readonly Event[] = [];
  #position = 0;
  #claimed = false;
  #outcome: Outcome<Result> | undefined;
  /** A failure that no read has been told yet. */
  #untold = false;
  #waiting: Settlers<IteratorResult<Event, void>> | undefined;
  #pending: Promise<IteratorResult<Event, void>> | undefined;
  #result: Promise<Result> | undefined;
  #resultSettlers: Settlers<Result> | undefined;

  /**
   * @param open - Called once, at the first read.
   * @param fold - Sees each event as it is read, and says when the result is there.
   * @param caller - Ends the stream with its own reason.
   */
  constructor(
    open: (control: StreamControl) => EventSource<Event>,
    fold: EventFold<Event, Result>,
    caller?: AbortSignal | undefined,
  ) {
    this.#open = open;
    this.#fold = fold;
    this.#caller = caller;
  }

  [Symbol.asyncIterator](): AsyncIterator<Event, void, void> {
    if (this.#claimed) throw new TypeError("A stream is read once; this one has a reader already.");
    this.#claimed = true;
    // This reader is told of a failure itself: a result that was asked for beside it must not end the process.
    this.#result?.catch(() => {});
    return this;
  }

  next(): Promise<IteratorResult<Event, void>> {
    if (this.#untold) {
      this.#untold = false;
      return Promise.reject((this.#outcome as { failure: unknown }).failure);
    }
    if (this.#position < this.#batch.length) return this.#takeNext();
    if (this.#outcome) return Promise.resolve({ done: true, value: undefined });
    if (this.#pending) return this.#pending.then(this.#again, this.#again);
    return this.#pull();
  }

  /**
   * Takes the events that have come already, without waiting; for readers that pass on many at a time. Only between two reads
   * of the iterator: a failure among them is told by the next read.
   */
  buffered(): readonly Event[] {
    if (this.#position >= this.#batch.length) return NONE;
    const events: Event[] = [];
    try {
      while (this.#position < this.#batch.length) {
        const { value } = this.#take();
        events.push(value as Event);
      }
    } catch (error) {
      this.#fail(error);
    }
    return events;
  }

  return(): Promise<IteratorResult<Event, void>> {
    if (!this.#outcome) {
      this.#settle({ failure: new DOMException("The stream was closed before its end.", "AbortError") });
    }
    this.#untold = false;
    this.#batch = [];
    this.#tell({ value: { done: true, value: undefined } });
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Ends the stream with this reason, as the caller's signal would. After the end it does nothing. */
  abort(reason: unknown): void {
    this.#fail(reason);
  }

  /** The result; reads the stream to its end when nobody else does. Asked twice, it is the same promise. */
  result(): Promise<Result> {
    if (this.#result) return this.#result;
    this.#result = this.#makeResult();
    if (this.#claimed) this.#result.catch(() => {});
    return this.#result;
  }

  readonly #again = () => this.next();

  #makeResult(): Promise<Result> {
    const outcome = this.#outcome;
    if (outcome) {
      return "result" in outcome ? Promise.resolve(outcome.result) : Promise.reject(outcome.failure);
    }
    // A caller may ask for the result first and iterate in the same turn; only then is there somebody else who reads.
    queueMicrotask(() => {
      if (this.#claimed) return;
      this.#claimed = true;
      void this.#drain();
    });
    return new Promise((resolve, reject) => {
      this.#resultSettlers = { resolve, reject };
    });
  }

  async #drain(): Promise<void> {
    try {
      while (!(await this.next()).done);
    } catch {
      // Told by the result, which is what this reader reads for.
    }
  }

  #pull(): Promise<IteratorResult<Event, void>> {
    const pending = new Promise<IteratorResult<Event, void>>((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
    this.#pending = pending;
    if (!this.#source) this.#begin();
    this.#readSource();
    return pending;
  }

  #begin(): void {
    const caller = this.#caller;
    if (caller?.aborted) {
      this.#fail(caller.reason);
      return;
    }
    if (caller) this.#release = onAbort(caller, () => this.#fail(caller.reason));
    try {
      this.#source = this.#open(
        new Control(
          () => this.#signal(),
          (reason) => this.#fail(reason),
        ),
      );
      // It may have failed the stream while it was opened, when there was no source to close yet.
      if (this.#outcome) void this.#close();
    } catch (error) {
      this.#fail(error);
    }
  }

  #signal(): AbortSignal {
    if (!this.#upstream) {
      this.#upstream = new AbortController();
      if (this.#outcome && "failure" in this.#outcome) this.#upstream.abort(this.#outcome.failure);
    }
    return this.#upstream.signal;
  }

  #readSource(): void {
    if (this.#outcome || !this.#source) return;
    try {
      this.#source.next().then(this.#onStep, (error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #onStep = (step: IteratorResult<readonly Event[], void>) => {
    if (this.#outcome) return;
    if (step.done) return this.#fail(this.#fold.cut());
    if (step.value.length === 0) return this.#readSource();
    this.#batch = step.value;
    this.#position = 0;
    try {
      this.#tell({ value: this.#take() });
    } catch (error) {
      this.#fail(error);
    }
  };

  #takeNext(): Promise<IteratorResult<Event, void>> {
    try {
      return Promise.resolve(this.#take());
    } catch (error) {
      this.#fail(error);
      return this.next();
    }
  }

  /** The next event of the batch. @throws What the fold throws. */
  #take(): IteratorResult<Event, void> {
    const event = this.#batch[this.#position++] as Event;
    const completed = this.#fold.push(event);
    if (completed) this.#settle(completed);
    return { done: false, value: event };
  }

  #fail(reason: unknown): void {
    if (this.#outcome) return;
    this.#batch = [];
    this.#settle({ failure: reason });
    if (this.#waiting) {
      this.#untold = false;
      this.#tell({ failure: reason });
    }
  }

  #tell(step: { value: IteratorResult<Event, void> } | { failure: unknown }): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#pending = undefined;
    if ("value" in step) waiting?.resolve(step.value);
    else waiting?.reject(step.failure);
  }

  #settle(outcome: Outcome<Result>): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.#release();
    if ("result" in outcome) {
      this.#resultSettlers?.resolve(outcome.result);
    } else {
      this.#untold = true;
      this.#resultSettlers?.reject(outcome.failure);
      this.#upstream?.abort(outcome.failure);
    }
    // Not awaited: a stuck vendor must not hold the reader.
    void this.#close();
  }

  async #close(): Promise<void> {
    try {
      await this.#source?.return?.();
    } catch {
      // The stream has its outcome; how its source ends changes nothing.
    }
  }
}
