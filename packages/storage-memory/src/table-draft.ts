import type { Page } from "@salesagent/ports";
import { compare, type Entry, readPage, type Scan } from "./entry-list.js";
import { type Rows, staysInPlace, Table } from "./table.js";

/** More than any number of rows that fits in memory. */
const BEHIND_ALL = 2 ** 52;

/** The writes of one transaction over a table, kept apart from it until they are applied. */
export class TableDraft<Row> implements Rows<Row> {
  /** Rows that are new, and those that moved. */
  readonly #added: Table<Row>;
  /** Rows that stay in their places. */
  readonly #replaced = new Map<string, Row>();
  /** The rows of the base that moved, by id. */
  readonly #moved = new Map<string, Entry<Row>>();
  /** The ids of the rows of the base that are removed; one that is added again is a new row. */
  readonly #removed = new Set<string>();
  readonly #startVersion: number;

  constructor(private readonly base: Table<Row>) {
    this.#added = new Table({ value: 0 }, base.groupOf);
    this.#startVersion = base.writes.value;
  }

  get(id: string): Row | undefined {
    const row = this.#replaced.get(id) ?? this.#added.get(id);
    return row !== undefined || this.#removed.has(id) ? row : this.base.get(id);
  }

  insert(id: string, order: number, row: Row): void {
    this.#added.insert(id, order, row);
  }

  replace(id: string, row: Row): void {
    if (this.#added.get(id) === undefined) this.#replaced.set(id, row);
    else this.#added.replace(id, row);
  }

  put(id: string, order: number, row: Row): void {
    const before = this.base.entry(id);
    if (before === undefined || this.#removed.has(id) || this.#added.entry(id) !== undefined) {
      this.#added.put(id, order, row);
    } else if (staysInPlace(before, order, this.base.groupOf(row))) {
      this.#replaced.set(id, row);
    } else {
      this.#replaced.delete(id);
      this.#moved.set(id, before);
      this.#added.insert(id, order, row);
    }
  }

  remove(ids: readonly string[]): void {
    this.#added.remove(ids);
    for (const id of ids) {
      this.#replaced.delete(id);
      this.#moved.delete(id);
      if (this.base.entry(id) !== undefined) this.#removed.add(id);
    }
  }

  page(scan: Scan<Row>, group?: string): Page<Row> {
    return readPage([this.#kept(group), this.#addedInPlace(group)], this.#rowOf, scan);
  }

  count(where: (row: Row) => boolean, group?: string): number {
    let count = this.#added.count(where, group);
    for (const entry of this.#kept(group)) if (where(this.#rowOf(entry))) count += 1;
    return count;
  }

  all(): readonly Row[] {
    return [...this.#kept().map(this.#rowOf), ...this.#added.all()];
  }

  /** Whether someone else wrote a row that this transaction wrote too. */
  collides(): boolean {
    for (const id of [...this.#replaced.keys(), ...this.#moved.keys(), ...this.#removed]) {
      const entry = this.base.entry(id);
      if (entry === undefined || entry.version > this.#startVersion) return true;
    }
    return this.#added.entries().some(({ id }) => !this.#isGone(id) && this.base.entry(id) !== undefined);
  }

  apply(): void {
    if (this.#removed.size > 0) this.base.remove([...this.#removed]);
    for (const [id, row] of this.#replaced) this.base.replace(id, row);
    for (const { id, order, row } of this.#inOrderOfStoring()) this.base.put(id, order, row);
  }

  readonly #rowOf = (entry: Entry<Row>): Row => this.#replaced.get(entry.id) ?? entry.row;

  /** The entries of the base that are still where they were. */
  #kept(group?: string): readonly Entry<Row>[] {
    const entries = this.base.entries(group);
    if (this.#moved.size + this.#removed.size === 0) return entries;
    return entries.filter(({ id }) => !this.#isGone(id));
  }

  /** Whether a row of the base is not where it was any more. */
  #isGone(id: string): boolean {
    return this.#moved.has(id) || this.#removed.has(id);
  }

  /** Added entries, numbered as they will be once applied: those that moved as before, new ones behind all of the base. */
  #addedInPlace(group: string | undefined): readonly Entry<Row>[] {
    return this.#added
      .entries(group)
      .map((entry) => ({ ...entry, seq: this.#moved.get(entry.id)?.seq ?? entry.seq + BEHIND_ALL }))
      .sort(compare);
  }

  #inOrderOfStoring(): readonly Entry<Row>[] {
    return [...this.#added.entries()].sort((left, right) => left.seq - right.seq);
  }
}
