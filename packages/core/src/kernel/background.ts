/** No real wait is this long; the platform's longest delay. */
const FOR_EVER_MS = 2 ** 31 - 1;

/** Work that goes on after the call that began it was answered. */
export class Background {
  readonly #running = new Set<Promise<void>>();

  /** @param work - Must not reject. */
  add(work: Promise<void>): void {
    const running: Promise<void> = work.finally(() => void this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when all that was added is done; the process stays alive meanwhile, which the work itself does not see to. */
  async idle(): Promise<void> {
    if (this.#running.size === 0) return;
    const alive = setInterval(() => {}, FOR_EVER_MS);
    try {
      while (this.#running.size > 0) await Promise.all(this.#running);
    } finally {
      clearInterval(alive);
    }
  }
}
