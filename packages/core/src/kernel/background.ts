/** Work that goes on after the call that began it was answered. */
export class Background {
  readonly #running = new Set<Promise<void>>();

  /** @param work - Must not reject. */
  add(work: Promise<void>): void {
    const running: Promise<void> = work.finally(() => void this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when all that was added is done. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
