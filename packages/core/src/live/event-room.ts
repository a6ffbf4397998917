/** No real wait is this long; the platform's longest delay. */
const FOR_EVER_MS = 2 ** 31 - 1;

/**
 * How much may wait for the store in one process. While anything does, the process stays alive: the timers of a clock don't see to
 * that.
 */
export class EventRoom {
  readonly #mostEvents: number;
  readonly #mostBytes: number;
  #events = 0;
  #bytes = 0;
  #freed: Promise<void> | undefined;
  #free = () => {};
  #alive: ReturnType<typeof setInterval> | undefined;

  constructor(mostEvents: number, mostBytes: number) {
    this.#mostEvents = mostEvents;
    this.#mostBytes = mostBytes;
  }

  get events(): number {
    return this.#events;
  }

  get bytes(): number {
    return this.#bytes;
  }

  enter(events: number, bytes: number): void {
    this.#events += events;
    this.#bytes += bytes;
    this.#alive ??= setInterval(() => {}, FOR_EVER_MS);
  }

  leave(events: number, bytes: number): void {
    this.#events -= events;
    this.#bytes -= bytes;
    if (this.#isBelowHalf) this.#open();
    if (this.#events > 0) return;
    clearInterval(this.#alive);
    this.#alive = undefined;
  }

  /** Nothing where there is room; else it resolves when half of it is free again. */
  wait(): Promise<void> | undefined {
    if (this.#events < this.#mostEvents && this.#bytes < this.#mostBytes) return undefined;
    this.#freed ??= new Promise((resolve) => {
      this.#free = resolve;
    });
    return this.#freed;
  }

  get #isBelowHalf(): boolean {
    return this.#events <= this.#mostEvents / 2 && this.#bytes <= this.#mostBytes / 2;
  }

  #open(): void {
    this.#freed = undefined;
    this.#free();
  }
}
