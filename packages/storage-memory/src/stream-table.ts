import type { StreamRow } from "./stream-row.js";
import { Table, type WriteCounter } from "./table.js";

/**
 * The streams of one tenant, grouped by thread. Those that have ended share so much room; the one that ended longest ago makes room
 * for others.
 */
export class StreamTable extends Table<StreamRow> {
  /** How much room each stream takes that has ended, in the order of their ends. */
  readonly #ended = new Map<string, number>();
  /** Walks from the one that ended first, for as long as the table lives: whatever it has passed is gone. */
  readonly #oldest = this.#ended.keys();
  #taken = 0;

  /** @param maxEvents - The most events of ended streams; a stream takes the room of one besides its events. */
  constructor(
    writes: WriteCounter,
    private readonly maxEvents: number,
  ) {
    super(writes, ({ record }) => record.threadId);
  }

  override insert(id: string, order: number, row: StreamRow): void {
    super.insert(id, order, row);
    this.#measure(row);
  }

  override replace(id: string, row: StreamRow): void {
    super.replace(id, row);
    this.#measure(row);
  }

  override put(id: string, order: number, row: StreamRow): void {
    super.put(id, order, row);
    this.#measure(row);
  }

  override remove(ids: readonly string[]): void {
    super.remove(ids);
    for (const id of ids) this.#forget(id);
  }

  #measure({ record: { id, status }, events }: StreamRow): void {
    if (status === "open") return;
    this.#taken += 1 + events.length - (this.#ended.get(id) ?? 0);
    this.#ended.set(id, 1 + events.length);
    while (this.#taken > this.maxEvents && this.#ended.size > 1) {
      const { value: oldest } = this.#oldest.next();
      if (oldest !== undefined) this.remove([oldest]);
    }
  }

  #forget(id: string): void {
    this.#taken -= this.#ended.get(id) ?? 0;
    this.#ended.delete(id);
  }
}
