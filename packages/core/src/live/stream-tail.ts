import {
  type Clock,
  type StoredStreamEvent,
  type StreamPart,
  type StreamRecord,
  type StreamStore,
  type Timer,
  wait,
} from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import { EventWindow } from "./event-window.js";
import type { StreamEnd } from "./live-streams.js";
import type { ReadTurns } from "./read-turns.js";
import { isAway, unknownStream } from "./stream-errors.js";

/** How many events are read at once, where a stream is caught up with. */
const READ_EVENTS = 500;
/** How many events a reader that is behind reads at once. */
const PAGE_EVENTS = 100;
/** Pages that are held for others who are as far behind. */
const MOST_PAGES = 8;
const MOST_TAIL_BYTES = 256_000;

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** Somebody who reads at the tail's end. */
export interface TailReader {
  readonly position: number;
  /** Something came, or the stream has ended. It must not throw. */
  readonly wake: () => void;
  readonly fail: (reason: unknown) => void;
}

/** Events that a reader who is behind has read. */
export interface EventPage {
  readonly events: readonly StoredStreamEvent[];
  /** Up to where nothing else stands. */
  readonly upTo: number;
}

/** What a tail works with. */
export interface StreamTailInit {
  readonly id: string;
  readonly store: StreamStore;
  readonly turns: ReadTurns;
  readonly clock: Clock;
  readonly tailEvents: number;
  readonly onError: ((error: unknown) => void) | undefined;
}

/**
 * The end of one stream, for all its readers in this process: one look at the store serves them all. It is read on only while
 * somebody waits for more.
 */
export class StreamTail {
  record: StreamRecord | undefined;
  readonly #init: StreamTailInit;
  readonly #window: EventWindow;
  readonly #waiting = new Set<TailReader>();
  readonly #pages = new Map<number, Promise<EventPage>>();
  /** Whether there is nothing after the window, as far as anybody has told. */
  #isFresh = false;
  #isReading = false;
  #agedTo = 0;
  #isClosed = false;
  #retryMs = FIRST_WAIT_MS;
  #retry: Timer | undefined;

  constructor(init: StreamTailInit) {
    this.#init = init;
    this.#window = new EventWindow(init.tailEvents, MOST_TAIL_BYTES);
  }

  get window(): EventWindow {
    return this.#window;
  }

  /** Whether nothing comes after a number any more. */
  isOverAt(position: number): boolean {
    const { record } = this;
    return record !== undefined && record.status !== "open" && this.#isFresh && position >= record.last;
  }

  /** Whether the events after a number have left the window. */
  hasPassed(position: number): boolean {
    return this.record !== undefined && position < this.#window.from;
  }

  /** Once, until it is woken. */
  await(reader: TailReader): void {
    this.#waiting.add(reader);
    this.#readOn();
  }

  leave(reader: TailReader): void {
    this.#waiting.delete(reader);
  }

  /** Something may have come. */
  look(): void {
    this.#isFresh = false;
    this.#readOn();
  }

  /** What this process has appended itself, and what the stream is then. */
  offer(after: number, events: readonly StoredStreamEvent[], end: StreamEnd | undefined): void {
    const { record } = this;
    if (!record || this.#isReading || !this.#isFresh || after !== this.#window.last) {
      this.look();
      return;
    }
    const last = after + events.length;
    this.record = { ...record, last, ...end };
    this.#window.add(events, last);
    // When it ended is on its record.
    if (end) this.look();
    this.#wake();
  }

  /** The events after a number that the window lacks. While the store is away it waits. */
  page(position: number): Promise<EventPage> {
    const known = this.#pages.get(position);
    if (known) return known;
    const page = this.#readPage(position);
    this.#pages.set(position, page);
    if (this.#pages.size > MOST_PAGES) this.#pages.delete(this.#pages.keys().next().value as number);
    // A failure is for those who wait now.
    page.catch(() => this.#pages.delete(position));
    return page;
  }

  /** Lets go of what was there already when it was called last: what was erased meanwhile must not be given out for ever. */
  age(): void {
    this.#window.dropUpTo(this.#agedTo);
    this.#agedTo = this.#window.last;
    this.#pages.clear();
  }

  close(reason?: unknown): void {
    this.#isClosed = true;
    this.#retry?.cancel();
    for (const reader of this.#takeWaiting()) reader.fail(reason);
  }

  async #readPage(after: number): Promise<EventPage> {
    const { id, store, turns, clock, onError } = this.#init;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      try {
        const part = await turns.take(() => store.read(id, { after, limit: PAGE_EVENTS }));
        if (!part) throw unknownStream(id);
        const { record, events } = part;
        if (events.length === PAGE_EVENTS) return { events, upTo: lastOf(events, after) };
        // More may come to it.
        this.#pages.delete(after);
        return { events, upTo: record.last };
      } catch (error) {
        if (this.#isClosed || !isAway(error)) throw error;
        tell(onError, error);
        await wait(clock, waitMs);
      }
    }
  }

  #readOn(): void {
    if (this.#isReading || this.#isFresh || this.#isClosed || this.#retry || this.#waiting.size === 0) return;
    this.#isReading = true;
    void this.#read().finally(() => {
      this.#isReading = false;
      this.#readOn();
    });
  }

  /** Never rejects. */
  async #read(): Promise<void> {
    const { id, store, turns } = this.#init;
    let after = 0;
    try {
      const part = await turns.take(() => {
        after = this.#nextAfter();
        this.#isFresh = true;
        return store.read(id, { after, limit: READ_EVENTS });
      });
      this.#retryMs = FIRST_WAIT_MS;
      if (part) this.#take(after, part);
      else this.#fail(unknownStream(id));
    } catch (error) {
      this.#isFresh = false;
      if (isAway(error)) this.#tryLater(error);
      else this.#fail(error);
    }
  }

  /** Where nobody waits for what comes next, but all for what comes later, it is passed over: others read it by pages. */
  #nextAfter(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { position } of this.#waiting) least = Math.min(least, position);
    return Number.isFinite(least) ? Math.max(this.#window.last, least) : this.#window.last;
  }

  #take(after: number, { record, events }: StreamPart): void {
    this.record = record;
    const isAll = events.length < READ_EVENTS;
    if (!isAll) this.#isFresh = false;
    const last = isAll ? record.last : lastOf(events, after);
    // Not beyond its end, for a reader that says to know what was never there.
    if (after !== this.#window.last || after > record.last)
      this.#window.restart(Math.min(after, record.last));
    if (events.length > 0 || last > this.#window.last) this.#window.add(events, last);
    if (events.length > 0 || record.status !== "open") this.#wake();
  }

  #tryLater(error: unknown): void {
    const { clock, onError } = this.#init;
    tell(onError, error);
    const waitMs = this.#retryMs;
    this.#retryMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
    this.#retry = clock.schedule(waitMs, () => {
      this.#retry = undefined;
      this.#readOn();
    });
  }

  #wake(): void {
    for (const reader of this.#takeWaiting()) reader.wake();
  }

  #fail(reason: unknown): void {
    for (const reader of this.#takeWaiting()) reader.fail(reason);
  }

  #takeWaiting(): readonly TailReader[] {
    const readers = [...this.#waiting];
    this.#waiting.clear();
    return readers;
  }
}

const lastOf = (events: readonly StoredStreamEvent[], otherwise: number): number =>
  events.at(-1)?.seq ?? otherwise;
