import type { EventSource } from "@salesagent/ports";

interface Held<Event> {
  readonly event: Event;
  readonly size: number;
  readonly onGiven: (() => void) | undefined;
}

/** Events on their way to one reader, who sets the pace: what is made ahead is bounded. */
export class TurnChannel<Event> implements EventSource<Event> {
  readonly #capacity: number;
  #held: Held<Event>[] = [];
  #size = 0;
  #ended: { readonly error?: unknown } | undefined;
  #closed = false;
  #wakeReader: (() => void) | undefined;
  /** Who waits for room, or for all to be given. */
  readonly #waiting = new Set<{ readonly until: () => boolean; readonly resolve: () => void }>();

  /** @param capacity - Of what is held, in bytes and characters: who pushes waits while there is as much. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * Puts an event behind the others, and waits until there is room for another one. When nobody reads any more it does nothing.
   *
   * @param size - In bytes or characters. @param onGiven - Told when the reader takes it.
   */
  push(event: Event, size = 0, onGiven?: () => void): Promise<void> | undefined {
    if (this.#closed || this.#ended) return undefined;
    this.#held.push({ event, size, onGiven });
    this.#size += size;
    this.#wakeReader?.();
    return this.#until(() => this.#size < this.#capacity);
  }

  /** Resolves when the reader has taken all, or has left. */
  drained(): Promise<void> | undefined {
    return this.#until(() => this.#held.length === 0);
  }

  /** The last word: what is held is given first, unless it is an error. */
  end(how: { readonly error?: unknown } = {}): void {
    this.#ended ??= how;
    if ("error" in how) this.#drop();
    this.#wakeReader?.();
  }

  async next(): Promise<IteratorResult<readonly Event[], void>> {
    if (this.#held.length === 0 && !this.#ended && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
      this.#wakeReader = undefined;
    }
    const next = this.#held.shift();
    if (next) {
      this.#size -= next.size;
      next.onGiven?.();
      this.#settle();
      return { done: false, value: [next.event] };
    }
    if (this.#ended && "error" in this.#ended) throw this.#ended.error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<readonly Event[], void>> {
    this.#closed = true;
    this.#drop();
    this.#wakeReader?.();
    return { done: true, value: undefined };
  }

  #drop(): void {
    this.#held = [];
    this.#size = 0;
    this.#settle();
  }

  #until(until: () => boolean): Promise<void> | undefined {
    if (until()) return undefined;
    return new Promise((resolve) => this.#waiting.add({ until, resolve }));
  }

  #settle(): void {
    for (const waiter of this.#waiting) {
      if (!waiter.until()) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }
}
