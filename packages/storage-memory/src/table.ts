import type { Page } from "@salesagent/ports";
import { type Entry, insertSorted, readPage, type Scan } from "./entry-list.js";

/** Rows by id, in a stable order, and grouped. What a store sees, in a transaction or out of it. */
export interface Rows<Row> {
  get(id: string): Row | undefined;
  /** Adds a row whose id is new. */
  insert(id: string, order: number, row: Row): void;
  /** Puts a row in the place of the one that has this id. */
  replace(id: string, row: Row): void;
  page(scan: Scan<Row>, group?: string): Page<Row>;
  count(where: (row: Row) => boolean): number;
  all(): readonly Row[];
}

/** Numbers each write of one tenant, so that a transaction can tell what changed since it began. */
export interface WriteCounter {
  value: number;
}

/** More than any number of rows that fits in memory. */
const BEHIND_ALL = 2 ** 52;

const NO_ENTRIES: readonly never[] = [];

/** Rows in memory. Reads and writes are synchronous; rows are frozen by whoever makes them. */
export class Table<Row> implements Rows<Row> {
  readonly #byId = new Map<string, Entry<Row>>();
  readonly #entries: Entry<Row>[] = [];
  readonly #groups = new Map<string, Entry<Row>[]>();
  #lastSeq = 0;

  /** @param groupOf - What rows are looked up by besides their id, such as the run of a step. */
  constructor(
    private readonly writes: WriteCounter,
    private readonly groupOf: (row: Row) => string | undefined = () => undefined,
  ) {}

  /** Numbers rows in the order of storing. */
  nextSeq(): number {
    this.#lastSeq += 1;
    return this.#lastSeq;
  }

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
    this.writes.value += 1;
    const entry = { id, order, seq: this.nextSeq(), row, version: this.writes.value };
    this.#byId.set(id, entry);
    insertSorted(this.#entries, entry);
    const group = this.groupOf(row);
    if (group === undefined) return;
    const members = this.#groups.get(group);
    if (members === undefined) this.#groups.set(group, [entry]);
    else insertSorted(members, entry);
  }

  replace(id: string, row: Row): void {
    const entry = this.#byId.get(id);
    if (entry === undefined) throw new Error(`no row ${id} to replace`);
    this.writes.value += 1;
    entry.row = row;
    entry.version = this.writes.value;
  }

  page(scan: Scan<Row>, group?: string): Page<Row> {
    return readPage([this.entries(group), NO_ENTRIES], (entry) => entry.row, scan);
  }

  count(where: (row: Row) => boolean): number {
    let count = 0;
    for (const entry of this.#entries) if (where(entry.row)) count += 1;
    return count;
  }

  all(): readonly Row[] {
    return this.#entries.map((entry) => entry.row);
  }

  /** A view that keeps its writes to itself until they are applied. */
  draft(): TableDraft<Row> {
    return new TableDraft(this, this.groupOf, this.writes.value);
  }
}

/** The writes of one transaction over a table. */
export class TableDraft<Row> implements Rows<Row> {
  readonly #added: Table<Row>;
  readonly #replaced = new Map<string, Row>();

  constructor(
    private readonly base: Table<Row>,
    groupOf: (row: Row) => string | undefined,
    private readonly startVersion: number,
  ) {
    this.#added = new Table({ value: 0 }, groupOf);
  }

  get(id: string): Row | undefined {
    return this.#replaced.get(id) ?? this.#added.get(id) ?? this.base.get(id);
  }

  insert(id: string, order: number, row: Row): void {
    this.#added.insert(id, order, row);
  }

  replace(id: string, row: Row): void {
    if (this.#added.get(id) === undefined) this.#replaced.set(id, row);
    else this.#added.replace(id, row);
  }

  page(scan: Scan<Row>, group?: string): Page<Row> {
    return readPage([this.base.entries(group), this.#addedBehind(group)], this.#rowOf, scan);
  }

  count(where: (row: Row) => boolean): number {
    let count = this.#added.count(where);
    for (const entry of this.base.entries()) if (where(this.#rowOf(entry))) count += 1;
    return count;
  }

  all(): readonly Row[] {
    return [...this.base.entries().map(this.#rowOf), ...this.#added.all()];
  }

  /** Whether someone else wrote a row that this transaction wrote too. */
  collides(): boolean {
    for (const id of this.#replaced.keys()) {
      if ((this.base.entry(id)?.version ?? 0) > this.startVersion) return true;
    }
    return this.#added.entries().some(({ id }) => this.base.entry(id) !== undefined);
  }

  apply(): void {
    for (const [id, row] of this.#replaced) this.base.replace(id, row);
    for (const { id, order, row } of this.#inOrderOfStoring()) this.base.insert(id, order, row);
  }

  readonly #rowOf = (entry: Entry<Row>): Row => this.#replaced.get(entry.id) ?? entry.row;

  /** Added entries, numbered behind all that the base holds, as they will be once applied. */
  #addedBehind(group: string | undefined): readonly Entry<Row>[] {
    return this.#added.entries(group).map((entry) => ({ ...entry, seq: entry.seq + BEHIND_ALL }));
  }

  #inOrderOfStoring(): readonly Entry<Row>[] {
    return [...this.#added.entries()].sort((left, right) => left.seq - right.seq);
  }
}
