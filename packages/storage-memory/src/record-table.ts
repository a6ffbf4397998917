import type { RecordKind, RecordRemoval, StoredRecord } from "@salesagent/ports";
import type { ChangeLog, LoggedChanges } from "./change-log.js";
import { compare, type Entry } from "./entry-list.js";
import { type Rows, Table, type WriteCounter } from "./table.js";
import { TableDraft } from "./table-draft.js";

/** More than any number of rows that fits in memory. */
const BEHIND_ALL = 2 ** 52;

/** A record that was removed, and the revision of its removal. */
export interface RemovalRow extends RecordRemoval {
  readonly revision: string;
}

/** The records of one tenant. What a store sees, in a transaction or out of it. */
export interface RecordRows extends Rows<StoredRecord> {
  /** Those that have one of the keys, oldest first. */
  withKeys(kind: RecordKind, keys: readonly string[]): readonly StoredRecord[];
  /** What was written and stands for all. */
  changes(kind: RecordKind, after: number, limit: number): LoggedChanges;
}

/** Ids are unique for their kind. */
export function toRowId(kind: RecordKind, id: string): string {
  return `${kind}:${id}`;
}

/** Records in memory, grouped by kind and found by their keys. */
export class RecordTable extends Table<StoredRecord> implements RecordRows {
  readonly #byKey = new Map<string, Set<string>>();

  constructor(
    writes: WriteCounter,
    private readonly log: ChangeLog,
  ) {
    super(writes, ({ kind }) => kind);
  }

  override insert(id: string, order: number, row: StoredRecord): void {
    super.insert(id, order, row);
    this.#addKeys(id, row);
    this.log.note(row.kind, id);
  }

  override replace(id: string, row: StoredRecord): void {
    const before = this.get(id);
    super.replace(id, row);
    if (before !== undefined && before.keys !== row.keys) this.#dropKeys(id, before);
    this.#addKeys(id, row);
    this.log.note(row.kind, id);
  }

  override remove(ids: readonly string[]): void {
    for (const id of ids) {
      const before = this.get(id);
      if (before !== undefined) this.#dropKeys(id, before);
    }
    super.remove(ids);
  }

  withKeys(kind: RecordKind, keys: readonly string[]): readonly StoredRecord[] {
    const entries = [...this.idsWithKeys(kind, keys)].flatMap((id) => this.entry(id) ?? []);
    return entries.sort(compare).map(({ row }) => row);
  }

  idsWithKeys(kind: RecordKind, keys: readonly string[]): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const key of keys) for (const id of this.#byKey.get(toRowId(kind, key)) ?? []) ids.add(id);
    return ids;
  }

  changes(kind: RecordKind, after: number, limit: number): LoggedChanges {
    return this.log.read(kind, after, limit);
  }

  #addKeys(id: string, { kind, keys }: StoredRecord): void {
    for (const key of keys) {
      const keyed = toRowId(kind, key);
      const ids = this.#byKey.get(keyed);
      if (ids === undefined) this.#byKey.set(keyed, new Set([id]));
      else ids.add(id);
    }
  }

  #dropKeys(id: string, { kind, keys }: StoredRecord): void {
    for (const key of keys) {
      const keyed = toRowId(kind, key);
      const ids = this.#byKey.get(keyed);
      ids?.delete(id);
      if (ids?.size === 0) this.#byKey.delete(keyed);
    }
  }
}

/** Records that were removed; their removal is a change. */
export class RemovalTable extends Table<RemovalRow> {
  constructor(
    writes: WriteCounter,
    private readonly log: ChangeLog,
  ) {
    super(writes);
  }

  override insert(id: string, order: number, row: RemovalRow): void {
    super.insert(id, order, row);
    this.log.note(row.kind, id);
  }
}

/** The writes of one transaction over records. */
export class RecordTableDraft extends TableDraft<StoredRecord> implements RecordRows {
  /** The ids of rows that were written, and the place of one that is new. */
  readonly #written = new Map<string, number | undefined>();

  constructor(private readonly records: RecordTable) {
    super(records);
  }

  override insert(id: string, order: number, row: StoredRecord): void {
    super.insert(id, order, row);
    this.#written.set(id, BEHIND_ALL + this.#written.size);
  }

  override replace(id: string, row: StoredRecord): void {
    super.replace(id, row);
    if (!this.#written.has(id)) this.#written.set(id, undefined);
  }

  withKeys(kind: RecordKind, keys: readonly string[]): readonly StoredRecord[] {
    const wanted = new Set(keys);
    const ids = new Set([...this.records.idsWithKeys(kind, keys), ...this.#written.keys()]);
    const entries: Entry<StoredRecord>[] = [];
    for (const id of ids) {
      const row = this.get(id);
      if (row?.kind !== kind || !row.keys.some((key) => wanted.has(key))) continue;
      const seq = this.#written.get(id) ?? this.records.entry(id)?.seq ?? BEHIND_ALL;
      entries.push({ id, order: Date.parse(row.createdAt), seq, group: kind, row, version: 0 });
    }
    return entries.sort(compare).map(({ row }) => row);
  }

  changes(kind: RecordKind, after: number, limit: number): LoggedChanges {
    return this.records.changes(kind, after, limit);
  }
}
