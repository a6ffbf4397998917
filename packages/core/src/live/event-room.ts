/** How much may wait for the store in one process. */
export class EventRoom {
  readonly #mostEvents: number;
  readonly #mostBytes: number;
  #events = 0;
  #bytes = 0;
  #freed: Promise<void> | undefined;
  #free = () => {};

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
  }

  leave(events: number, bytes: number): void {
    this.#events -= events;
    this.#bytes -= bytes;
    if (this.#isBelowHalf) this.#open();
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
