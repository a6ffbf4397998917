import type { RejectsSink } from "../import/rejects-sink.js";
import type { RejectedRow } from "../row-outcome.js";

/** Keeps rejected rows in memory; its position is their number. */
export class CollectingRejects implements RejectsSink {
  rows: RejectedRow[] = [];
  closed = 0;
  /** Called before rows are kept, and again after. */
  onWrite: () => void = () => {};

  async open(_headers: readonly string[], position: number): Promise<void> {
    this.rows = this.rows.slice(0, position);
  }

  async write(rows: readonly RejectedRow[]): Promise<number> {
    this.onWrite();
    this.rows.push(...rows);
    this.onWrite();
    return this.rows.length;
  }

  async close(): Promise<void> {
    this.closed++;
  }
}
