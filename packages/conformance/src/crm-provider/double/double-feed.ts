import type { CrmChanges, CrmKind, CrmPage, CrmRecord, CrmRemoval } from "@salesagent/ports";
import type { CrmDoubleOptions } from "./crm-double-options.js";
import type { DoubleRow } from "./double-row.js";
import { type DoubleStamps, microsOf } from "./double-stamps.js";
import type { DoubleTable } from "./double-table.js";

/** How far back a repeat comes from: entries of the log, and time. */
const REPEATS_REACH = 50;
const REPEATS_REACH_MICROS = 300_000_000;

/** Where a reader of the log stands: all before `from` was told, and what was visible before `at`. */
interface Position {
  readonly from: number;
  readonly at: number;
}

/** Tells pages of a table: of all that stands, and of what changed. */
export class DoubleFeed {
  readonly #options: CrmDoubleOptions;
  readonly #stamps: DoubleStamps;
  readonly #random: () => number;
  readonly #now: () => number;

  constructor(
    options: CrmDoubleOptions,
    made: { stamps: DoubleStamps; random: () => number; now: () => number },
  ) {
    this.#options = options;
    this.#stamps = made.stamps;
    this.#random = made.random;
    this.#now = made.now;
  }

  get #pageSize(): number {
    return this.#options.pageSize ?? 100;
  }

  listPage<Kind extends CrmKind>(table: DoubleTable<Kind>, cursor: string | undefined): CrmPage<Kind> {
    let at = cursor === undefined ? 0 : positionIn(cursor);
    const records: CrmRecord<Kind>[] = [];
    for (; at < table.rows.length && records.length < this.#pageSize; at += 1) {
      const row = table.rows[at];
      if (row?.state === "stands") records.push(table.toRecord(row));
    }
    return { records, cursor: String(at), complete: at >= table.rows.length, ...this.#total(table) };
  }

  #total(table: { readonly standing: number; readonly rows: readonly unknown[] }): {
    readonly total?: number;
  } {
    const { totals = "none" } = this.#options;
    if (totals === "none") return {};
    return { total: totals === "exact" ? table.standing : table.rows.length };
  }

  changesPage<Kind extends CrmKind>(table: DoubleTable<Kind>, position: Position): CrmChanges<Kind> {
    const { log } = table;
    const told: DoubleRow<Kind>[] = [];
    let [hidden, at] = [position.from < position.at ? position.from : undefined, position.at];
    for (; at < log.length && told.length < this.#pageSize; at += 1) {
      const entry = log[at];
      if (entry === undefined || entry.row.logIndex !== at) continue;
      if (entry.visibleAtMs > this.#now()) hidden ??= at;
      else told.push(entry.row);
    }
    const more = at < log.length;
    const from = hidden ?? at;
    return { ...this.#tell(table, told, at), cursor: `${from}.${more ? at : from}`, more };
  }

  /** Where a reader begins, by a cursor or by an instant. */
  position<Kind extends CrmKind>(
    table: DoubleTable<Kind>,
    begin: { readonly cursor: string } | { readonly since: string },
  ): Position {
    if ("cursor" in begin) {
      const [from = "", at = ""] = begin.cursor.split(".");
      return { from: positionIn(from), at: positionIn(at) };
    }
    const at = firstSince(table, microsOf(begin.since));
    return { from: at, at };
  }

  #tell<Kind extends CrmKind>(table: DoubleTable<Kind>, told: DoubleRow<Kind>[], at: number) {
    const { repeats = 0, disorder = false } = this.#options.feed ?? {};
    if (repeats > 0) told.push(...this.#repeated(table, told.length, at, repeats));
    if (disorder) shuffle(told, this.#random);
    const records: CrmRecord<Kind>[] = [];
    const removed: CrmRemoval<Kind>[] = [];
    for (const row of told) {
      if (row.state === "stands") records.push(table.toRecord(row));
      else if (table.support.removals) removed.push(this.#removal(table, row));
    }
    return { records, removed };
  }

  #removal<Kind extends CrmKind>(table: DoubleTable<Kind>, row: DoubleRow<Kind>): CrmRemoval<Kind> {
    const mergedInto = row.state === "merged" ? table.resolve(row.id)?.id : undefined;
    return {
      kind: table.kind,
      id: row.id,
      at: this.#stamps.text(row.updatedMicros),
      ...(mergedInto !== undefined && { mergedInto }),
    };
  }

  #repeated<Kind extends CrmKind>({ log }: DoubleTable<Kind>, count: number, at: number, share: number) {
    const again: DoubleRow<Kind>[] = [];
    const oldest = (log[at - 1]?.micros ?? 0) - REPEATS_REACH_MICROS;
    for (let left = count; left > 0; left -= 1) {
      if (this.#random() >= share) continue;
      const entry = log[at - 1 - Math.floor(this.#random() * Math.min(at, REPEATS_REACH))];
      if (entry === undefined || entry.micros < oldest) continue;
      if ((log[entry.row.logIndex]?.visibleAtMs ?? 0) <= this.#now()) again.push(entry.row);
    }
    return again;
  }
}

function positionIn(text: string): number {
  if (!/^\d+$/.test(text)) throw new RangeError("the cursor is none of this CRM");
  return Number(text);
}

/** The first entry of the log that isn't older, by halving. */
function firstSince<Kind extends CrmKind>({ log }: DoubleTable<Kind>, micros: number): number {
  let [low, high] = [0, log.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((log[middle]?.micros ?? micros) < micros) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Fisher and Yates, in place. */
function shuffle(list: unknown[], random: () => number): void {
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [list[at], list[other]] = [list[other], list[at]];
  }
}
