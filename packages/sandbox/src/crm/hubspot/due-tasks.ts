/** Work that falls due at a time of its own, and is done when somebody looks. */
export class DueTasks {
  #waiting: { readonly atMs: number; readonly order: number; readonly task: () => void }[] = [];
  #nextMs = Number.POSITIVE_INFINITY;
  #order = 0;

  add(atMs: number, task: () => void): void {
    this.#order += 1;
    this.#waiting.push({ atMs, order: this.#order, task });
    this.#nextMs = Math.min(this.#nextMs, atMs);
  }

  /** Does what is due by `nowMs`, in its order, and what that makes due. */
  settle(nowMs: number): void {
    while (this.#nextMs <= nowMs) {
      const due = this.#waiting.filter(({ atMs }) => atMs <= nowMs);
      this.#waiting = this.#waiting.filter(({ atMs }) => atMs > nowMs);
      this.#nextMs = this.#waiting.reduce(
        (least, { atMs }) => Math.min(least, atMs),
        Number.POSITIVE_INFINITY,
      );
      due.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      for (const { task } of due) task();
    }
  }
}
