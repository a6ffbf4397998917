import type { Page } from "@salesagent/ports";
import { type Entry, insertSorted, readPage, removeSorted, type Scan } from "./entry-list.js";

/** Rows by id, in a stable order, and grouped. What a store sees, in a transaction or out of it. */
export interface Rows<Row> {
  get(id: string): Row | undefined;
  /** Adds a row whose id is new. */
  insert(id: string, order: number, row: Row): void;
  /** Puts a row in the place of the one that has this id; order and group are the same. */
  replace(id: string, row: Row): void;
  /** Adds a row, or replaces the one that has this id. One whose order or group is another moves; its seq stays. */
  put(id: string, order: number, row: Row): void;
  /** Passes over ids that are not there. */
  remove(ids: readonly string[]): void;
  page(scan: Scan<Row>, group?: string): Page<Row>;
  count(where: (row: Row) => boolean, group?: string): number;
  all(): readonly Row[];
}

/** Numbers each write of one tenant, so that a transaction can tell what changed since it began. */
export interface WriteCounter {
  value: number;
}

export type GroupOf<Row> = (row: Row) => string | undefined;

const NO_ENTRIES: readonly never[] = [];

/** Rows in memory. Reads and writes are synchronous; rows are frozen by whoever makes them. */
export class Table<Row> implements Rows<Row> {
  readonly #byId = new Map<string, Entry<Row>>();
  readonly #entries: Entry<Row>[] = [];
  readonly #groups = new Map<string, Entry<Row>[]>();
  #lastSeq = 0;

  /** @param groupOf - What rows are looked up by besides their id, such as the run of a step. */
  constructor(
    readonly writes: WriteCounter,
    readonly groupOf: GroupOf<Row> = () => undefined,
  ) {}

  entry(id: string): Entry<Row> | undefined {
    return this.#byId.get(id);
  }

  /** All entries, or those of one group, sorted. */
  entries(group?: string): readonly Entry<Row>[] {
    return group === undefined ? this.#entries : (this.#groups.get(group) ?? NO_ENTRIES);
  }

  get(id: string): Row | undefined {
    return this.#byId.get(id)?.row;
  }

  insert(id: string, order: number, row: Row): void {
    this.#lastSeq += 1; // numbers rows in the order of storing
    this.#add(id, order, this.#lastSeq, row);
  }

  replace(id: string, row: Row): void {
    const entry = this.#byId.get(id);
    if (entry === undefined) throw new Error(`no row ${id} to replace`);
    this.writes.value += 1;
    entry.row = row;
    entry.version = this.writes.value;
  }

  put(id: string, order: number, row: Row): void {
    const before = this.#byId.get(id);
    if (before === undefined) {
      this.insert(id, order, row);
    } else if (staysInPlace(before, order, this.groupOf(row))) {
      this.replace(id, row);
    } else {
      this.#takeOut(new Set([before]));
      this.#add(id, order, before.seq, row);
    }
  }

  remove(ids: readonly string[]): void {
    const entries = new Set<Entry<Row>>();
    for (const id of ids) {
      const entry = this.#byId.get(id);
      if (entry === undefined) continue;
      entries.add(entry);
      this.#byId.delete(id);
    }
    this.writes.value += 1;
    this.#takeOut(entries);
  }

  page(scan: Scan<Row>, group?: string): Page<Row> {
    return readPage([this.entries(group), NO_ENTRIES], (entry) => entry.row, scan);
  }

  count(where: (row: Row) => boolean, group?: string): number {
    let count = 0;
    for (const entry of this.entries(group)) if (where(entry.row)) count += 1;
    return count;
  }

  all(): readonly Row[] {
    return this.#entries.map((entry) => entry.row);
  }

  #add(id: string, order: number, seq: number, row: Row): void {
    this.writes.value += 1;
    const group = this.groupOf(row);
    const entry = { id, order, seq, group, row, version: this.writes.value };
    this.#byId.set(id, entry);
    insertSorted(this.#entries, entry);
    if (group === undefined) return;
    const members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, [entry]);
    else insertSorted(members, entry);
  }

  #takeOut(entries: ReadonlySet<Entry<Row>>): void {
    removeSorted(this.#entries, entries);
    const groups = new Set<string>();
    for (const { group } of entries) if (group !== undefined) groups.add(group);
    for (const group of groups) {
      const members = this.#groups.get(group) ?? [];
      removeSorted(members, entries);
      if (members.length === 0) this.#groups.delete(group);
    }
  }
}

/** Whether a new row of an entry is found where the old one was. */
export function staysInPlace(entry: Entry<unknown>, order: number, group: string | undefined): boolean {
  return entry.order === order && entry.group === group;
}
