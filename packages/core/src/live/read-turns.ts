/**
 * Lets so many reads be under way at once, and the others wait for their turn. Whoever waits longer gets more events by one read, so a
 * store that is busy is asked less; and what else the process does with it is not held up.
 */
export class ReadTurns {
  readonly #most: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  async take<T>(read: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await read();
    } finally {
      // The turn goes to who waits first.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
