import { SalesAgentError } from "@salesagent/ports";

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes items in groups. While one write is under way, further items gather, and the next takes them together: with many
 * writers at once an item costs a fraction of a write, with one it waits for nothing.
 */
export class GroupCommit<Item> {
  readonly #commit: (items: readonly Item[]) => Promise<void>;
  readonly #onIdle: () => void;
  #queue: Waiting<Item>[] = [];
  #writing = false;

  /**
   * @param commit - Writes all items, or none.
   * @param onIdle - Told each time that all is written.
   */
  constructor(commit: (items: readonly Item[]) => Promise<void>, onIdle: () => void = () => {}) {
    this.#commit = commit;
    this.#onIdle = onIdle;
  }

  /** True when nothing is being written or waits for it. */
  get idle(): boolean {
    return !this.#writing && this.#queue.length === 0;
  }

  /** Items that wait for the write that is under way. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Resolves when the item stands. @throws What the commit throws. */
  write(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject });
      if (!this.#writing) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#queue.length > 0) {
      const group = this.#queue;
      this.#queue = [];
      await this.#writeGroup(group);
    }
    this.#writing = false;
    this.#onIdle();
  }

  async #writeGroup(group: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.#commit(group.map(({ item }) => item));
      for (const waiting of group) waiting.resolve();
    } catch (error) {
      if (group.length === 1 || isOutage(error)) for (const waiting of group) waiting.reject(error);
      // One bad item must not fail the others that shared its write.
      else for (const waiting of group) await this.#writeGroup([waiting]);
    }
  }
}

/** Whether it is the storage that failed, and would again, rather than what was to be written. */
function isOutage(error: unknown): boolean {
  return SalesAgentError.is(error, "store.unavailable") || SalesAgentError.is(error, "store.closed");
}
