import { onAbort, type StoredStreamEvent, type StreamRecord } from "@salesagent/ports";
import type { StreamReader } from "./live-streams.js";
import type { EventPage, StreamTail, TailReader } from "./stream-tail.js";

/** How many events are given out at once, at most. */
const MOST_BUFFERED = 256;

type Step = IteratorResult<StoredStreamEvent, void>;

const OVER: Step = { done: true, value: undefined };

/** What a reader belongs to. */
export interface ReaderHome {
  /** The tail of the stream, for as long as `leave` is not called. */
  readonly enter: (reader: LiveReader) => StreamTail;
  readonly leave: (reader: LiveReader) => void;
}

/** One reader of a stream: a position, and the page that it reads from while it is behind. */
export class LiveReader implements StreamReader, TailReader {
  position: number;
  readonly #home: ReaderHome;
  readonly #signal: AbortSignal | undefined;
  #release: (() => void) | undefined;
  #tail: StreamTail | undefined;
  /** Kept when it has left. */
  #record: StreamRecord | undefined;
  #page: EventPage | undefined;
  #pageIndex = 0;
  #isOver = false;
  #failure: { readonly reason: unknown } | undefined;
  #pending: Promise<Step> | undefined;
  #resolve: ((step: Step) => void) | undefined;
  #reject: ((reason: unknown) => void) | undefined;

  constructor(home: ReaderHome, after: number, signal: AbortSignal | undefined) {
    this.#home = home;
    this.position = after;
    this.#signal = signal;
  }

  get record(): StreamRecord | undefined {
    return this.#tail?.record ?? this.#record;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    if (this.#pending) return this.#pending.then(this.#again, this.#again);
    if (!this.#tail && !this.#isOver) this.#begin();
    const step = this.#take();
    if (step) return Promise.resolve(step);
    if (this.#failure) return this.#rejected(this.#failure.reason);
    const pending = new Promise<Step>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#pending = pending;
    this.#await();
    return pending;
  }

  buffered(): readonly StoredStreamEvent[] {
    const tail = this.#tail;
    if (!tail || this.#isOver || this.#failure || this.#pending) return [];
    const events = this.#page
      ? this.#page.events.slice(this.#pageIndex)
      : tail.hasPassed(this.position)
        ? []
        : tail.window.slice(tail.window.indexAfter(this.position), MOST_BUFFERED);
    this.#page = undefined;
    this.position = events.at(-1)?.seq ?? this.position;
    return events;
  }

  return(): Promise<Step> {
    this.#finish();
    this.#settle(OVER);
    return Promise.resolve(OVER);
  }

  /** Told by the tail. */
  wake(): void {
    if (this.#pending === undefined) return;
    const step = this.#take();
    if (step) this.#settle(step);
    else this.#await();
  }

  /** Told by the tail. */
  fail(reason: unknown): void {
    if (this.#isOver || this.#failure) return;
    this.#failure = { reason };
    const reject = this.#reject;
    this.#leave();
    this.#clear();
    reject?.(reason);
    if (reject) this.#isOver = true;
  }

  readonly #again = () => this.next();

  #begin(): void {
    const signal = this.#signal;
    if (this.#failure) return;
    if (signal?.aborted) {
      this.#failure = { reason: signal.reason };
      return;
    }
    try {
      this.#tail = this.#home.enter(this);
    } catch (reason) {
      this.#failure = { reason };
      return;
    }
    if (signal) this.#release = onAbort(signal, () => this.fail(signal.reason));
  }

  /** The next step, where it needs no waiting. */
  #take(): Step | undefined {
    if (this.#isOver) return OVER;
    const tail = this.#tail;
    if (!tail || this.#failure) return undefined;
    const event = this.#fromPage() ?? this.#fromWindow(tail);
    if (event) {
      this.position = event.seq;
      return { done: false, value: event };
    }
    if (!tail.isOverAt(this.position)) return undefined;
    this.#finish();
    return OVER;
  }

  #fromPage(): StoredStreamEvent | undefined {
    const page = this.#page;
    if (!page) return undefined;
    const event = page.events[this.#pageIndex++];
    if (event) return event;
    this.#page = undefined;
    this.position = Math.max(this.position, page.upTo);
    return undefined;
  }

  #fromWindow({ window }: StreamTail): StoredStreamEvent | undefined {
    if (this.position < window.from || this.position >= window.last) return undefined;
    const event = window.at(window.indexAfter(this.position));
    // What is missing up to the window's end was erased.
    if (!event) this.position = window.last;
    return event;
  }

  #await(): void {
    const tail = this.#tail as StreamTail;
    if (!tail.hasPassed(this.position)) {
      tail.await(this);
      return;
    }
    tail.page(this.position).then(
      (page) => {
        if (this.#pending === undefined || this.#page) return;
        this.#page = page;
        this.#pageIndex = 0;
        this.wake();
      },
      (reason: unknown) => this.fail(reason),
    );
  }

  #rejected(reason: unknown): Promise<Step> {
    this.#isOver = true;
    return Promise.reject(reason);
  }

  #settle(step: Step): void {
    const resolve = this.#resolve;
    this.#clear();
    resolve?.(step);
  }

  #clear(): void {
    this.#pending = undefined;
    this.#resolve = undefined;
    this.#reject = undefined;
  }

  #finish(): void {
    this.#isOver = true;
    this.#leave();
  }

  #leave(): void {
    this.#release?.();
    this.#release = undefined;
    this.#page = undefined;
    const tail = this.#tail;
    if (!tail) return;
    this.#record = tail.record;
    this.#tail = undefined;
    tail.leave(this);
    this.#home.leave(this);
  }
}
