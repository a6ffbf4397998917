import type { RecordKind } from "@salesagent/ports";

/** What was written last after a place in the log. */
export interface LoggedChanges {
  /** Each once, in the order of their last writes. */
  readonly rowIds: readonly string[];
  /** The place of the last one. */
  readonly seq: number;
  readonly more: boolean;
}

interface LogEntry {
  readonly seq: number;
  readonly rowId: string;
}

/** So many entries that were overtaken may stand in a log before it is gone through. */
const MOST_OVERTAKEN = 1000;

/**
 * Which records were written, in the order in which that came to stand: what a transaction wrote is added when it commits. Of a
 * record that was written often the last entry counts.
 */
export class ChangeLog {
  readonly #kinds = new Map<RecordKind, { entries: LogEntry[]; readonly latest: Map<string, number> }>();
  #lastSeq = 0;

  note(kind: RecordKind, rowId: string): void {
    const log = this.#logOf(kind);
    this.#lastSeq += 1;
    log.latest.set(rowId, this.#lastSeq);
    log.entries.push({ seq: this.#lastSeq, rowId });
    if (log.entries.length > 2 * log.latest.size + MOST_OVERTAKEN) {
      log.entries = log.entries.filter(({ seq, rowId }) => log.latest.get(rowId) === seq);
    }
  }

  read(kind: RecordKind, after: number, limit: number): LoggedChanges {
    const { entries, latest } = this.#logOf(kind);
    const rowIds: string[] = [];
    let last = after;
    for (let index = countUpTo(entries, after); index < entries.length; index++) {
      const entry = entries[index];
      if (entry === undefined || latest.get(entry.rowId) !== entry.seq) continue;
      if (rowIds.length === limit) return { rowIds, seq: last, more: true };
      rowIds.push(entry.rowId);
      last = entry.seq;
    }
    return { rowIds, seq: last, more: false };
  }

  #logOf(kind: RecordKind) {
    const log = this.#kinds.get(kind) ?? { entries: [], latest: new Map<string, number>() };
    this.#kinds.set(kind, log);
    return log;
  }
}

/** The number of entries up to a place. */
function countUpTo(entries: readonly LogEntry[], seq: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
