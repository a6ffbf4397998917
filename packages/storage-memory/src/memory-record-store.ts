import type { RecordKind, RecordRemoval, RecordStore, RecordWritten, StoredRecord } from "@salesagent/ports";
import {
  type NormalRecordWrite,
  toLookedFor,
  toNormalChanges,
  toNormalKind,
  toNormalPage,
  toNormalRecordWrites,
  toStorable,
  unknownChangeCursor,
} from "@salesagent/ports/store-rules";
import { type RemovalRow, toRowId } from "./record-table.js";
import { now, type StoreContext } from "./store-context.js";

const CURSOR = /^\d{1,16}$/;

function toNext(revision: string): string {
  return String(Number(revision) + 1);
}

/** A record as callers of its kind know it: rows are kept by kind. */
function ofKind<Kind extends RecordKind>(record: StoredRecord): StoredRecord<Kind> {
  return record as StoredRecord<Kind>;
}

function toRemoval({ revision: _revision, ...removal }: RemovalRow): RecordRemoval {
  return Object.freeze(removal);
}

/** Puts a record where its revision is the one that the write rests on. */
export function putRecord(
  { rows, clock }: Pick<StoreContext, "rows" | "clock">,
  { kind, id, draft, ifRevision }: NormalRecordWrite & { op: "put" },
): RecordWritten {
  const { records, recordRemovals: removals } = rows;
  const rowId = toRowId(kind, id);
  const before = records.get(rowId);
  const gone = removals.get(rowId);
  if (ifRevision !== undefined && ifRevision !== (before?.revision ?? (gone === undefined ? null : ""))) {
    return before === undefined ? { status: "stale" } : { status: "stale", revision: before.revision };
  }
  const updatedAt = now(clock);
  const revision = toNext(before?.revision ?? gone?.revision ?? "0");
  const createdAt = before?.createdAt ?? updatedAt;
  const record = Object.freeze({ kind, id, ...draft, revision, createdAt, updatedAt });
  if (gone !== undefined) removals.remove([rowId]);
  if (before === undefined) records.insert(rowId, Date.parse(createdAt), record);
  else records.replace(rowId, record);
  return { status: "written", revision };
}

export function createMemoryRecordStore({ rows, clock, admit }: StoreContext): RecordStore {
  const { records, recordRemovals: removals } = rows;

  const remove = (write: NormalRecordWrite & { op: "remove" }): RecordWritten => {
    const { kind, id, ifRevision, mergedInto } = write;
    const rowId = toRowId(kind, id);
    const before = records.get(rowId);
    if (before === undefined) return { status: "stale" };
    if (ifRevision !== undefined && ifRevision !== before.revision) {
      return { status: "stale", revision: before.revision };
    }
    const revision = toNext(before.revision);
    const merged = mergedInto === undefined ? {} : { mergedInto };
    records.remove([rowId]);
    removals.insert(rowId, 0, Object.freeze({ kind, id, ...merged, removedAt: now(clock), revision }));
    return { status: "written", revision };
  };

  const read = <Kind extends RecordKind>(kind: Kind, id: string): StoredRecord<Kind> | undefined => {
    const record = records.get(toRowId(kind, id));
    return record === undefined ? undefined : ofKind(record);
  };

  return {
    port: "record-store/1",
    async writeMany(writes, call) {
      admit("records", call);
      return toNormalRecordWrites(writes).map((write) =>
        write.op === "put" ? putRecord({ rows, clock }, write) : remove(write),
      );
    },
    async get(kind, id, call) {
      admit("records", call);
      return read(toNormalKind("records", "kind", kind) as typeof kind, toStorable("records", "id", id));
    },
    async getMany(kind, ids, call) {
      admit("records", call);
      toNormalKind("records", "kind", kind);
      return toStorable("records", "ids", ids).map((id) => read(kind, id));
    },
    async findByKeys(kind, keys, call) {
      admit("records", call);
      const found = records.withKeys(toNormalKind("records", "kind", kind), toLookedFor(keys));
      return found.map((record) => ofKind<typeof kind>(record));
    },
    async changes(kind, from, call) {
      admit("records", call);
      toNormalKind("records", "kind", kind);
      const { cursor = "0", limit } = toNormalChanges(from);
      if (!CURSOR.test(cursor)) throw unknownChangeCursor();
      const { rowIds, seq, more } = records.changes(kind, Number(cursor), limit);
      const standing = rowIds.flatMap((rowId) => records.get(rowId) ?? []);
      const removed = rowIds.flatMap((rowId) => removals.get(rowId) ?? []).map(toRemoval);
      return {
        records: standing.map((record) => ofKind<typeof kind>(record)),
        removed,
        cursor: String(seq),
        more,
      };
    },
    async list(kind, page, call) {
      admit("records", call);
      const scan = { page: toNormalPage("records", page) };
      const { items, ...next } = records.page(scan, toNormalKind("records", "kind", kind));
      return { items: items.map((record) => ofKind<typeof kind>(record)), ...next };
    },
    async count(kind, call) {
      admit("records", call);
      return records.count(() => true, toNormalKind("records", "kind", kind));
    },
  };
}
