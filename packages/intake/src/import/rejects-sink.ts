import type { RejectedRow } from "../row-outcome.js";

/** Where rejected rows go. Structural: a file, a table, a queue. */
export interface RejectsSink {
  /**
   * Called once before anything else. Drops what was written after `position`, since a resumed import writes it again.
   *
   * @param headers - Columns of the file.
   * @param position - 0 drops everything.
   */
  open(headers: readonly string[], position: number): Promise<void>;
  /** Adds rows; resolves once they are kept, with the position after them. */
  write(rows: readonly RejectedRow[]): Promise<number>;
  close(): Promise<void>;
}
