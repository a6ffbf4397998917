import type { StoredStreamEvent } from "@salesagent/ports";
import { jsonSize } from "../graph/state-size.js";

/** What an event takes beside its data, about. */
const EVENT_BYTES = 64;

/** A run of events of one stream, in order, of which those that came first are let go when there are too many. */
export class EventWindow {
  readonly #mostEvents: number;
  readonly #mostBytes: number;
  #events: StoredStreamEvent[] = [];
  #sizes: number[] = [];
  #bytes = 0;
  /** Every event after this number, up to `last`, is here. */
  #from = 0;
  #last = 0;

  constructor(mostEvents: number, mostBytes: number) {
    this.#mostEvents = mostEvents;
    this.#mostBytes = mostBytes;
  }

  get from(): number {
    return this.#from;
  }

  get last(): number {
    return this.#last;
  }

  /** @param last - Up to where nothing else stands. */
  add(events: readonly StoredStreamEvent[], last: number): void {
    for (const event of events) {
      const size = jsonSize(event.data) + EVENT_BYTES;
      this.#events.push(event);
      this.#sizes.push(size);
      this.#bytes += size;
    }
    this.#last = last;
    this.#trim();
  }

  /** Lets go of all, and goes on after another number. */
  restart(from: number): void {
    this.#events = [];
    this.#sizes = [];
    this.#bytes = 0;
    this.#from = from;
    this.#last = from;
  }

  /** Lets go of the events up to a number. */
  dropUpTo(seq: number): void {
    if (seq <= this.#from) return;
    this.#drop(this.indexAfter(seq));
    this.#from = Math.min(seq, this.#last);
  }

  /** Where the first event after a number lies. */
  indexAfter(position: number): number {
    const events = this.#events;
    const guess = position - this.#from;
    // Without a gap, which is nearly always.
    if ((events[guess]?.seq ?? 0) === position + 1) return guess;
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((events[middle] as StoredStreamEvent).seq > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  at(index: number): StoredStreamEvent | undefined {
    return this.#events[index];
  }

  slice(index: number, count: number): readonly StoredStreamEvent[] {
    return this.#events.slice(index, index + count);
  }

  #trim(): void {
    let excess = 0;
    let bytes = this.#bytes;
    const { length } = this.#events;
    // The last one stays, however large: whoever waits for it takes it from here.
    while (excess < length - 1 && (length - excess > this.#mostEvents || bytes > this.#mostBytes)) {
      bytes -= this.#sizes[excess] as number;
      excess += 1;
    }
    if (excess === 0) return;
    this.#from = (this.#events[excess - 1] as StoredStreamEvent).seq;
    this.#drop(excess);
  }

  #drop(count: number): void {
    this.#events.splice(0, count);
    for (const size of this.#sizes.splice(0, count)) this.#bytes -= size;
  }
}
