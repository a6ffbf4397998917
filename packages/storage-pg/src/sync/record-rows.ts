import type { RecordKind, RecordRemoval, StoredRecord } from "@salesagent/ports";
import type { NormalRecordDraft } from "@salesagent/ports/store-rules";
import { instant, json, optional, type Row, text } from "../columns.js";
import type { RecordColumn } from "../record-columns.js";

/** A record's content on its way in. */
export interface RecordPut {
  readonly kind: RecordKind;
  readonly id: string;
  readonly draft: NormalRecordDraft;
  /** Undefined for whatever stands. */
  readonly ifRevision: string | undefined;
}

export const RECORD_KEY: readonly RecordColumn<{ readonly kind: RecordKind; readonly id: string }>[] = [
  { name: "kind", type: "text", read: ({ kind }) => kind },
  { name: "id", type: "text", read: ({ id }) => id },
];

/** JSON's null stands for what is empty: it is cheaper in a bulk write than a column's own null. */
export const RECORD_CONTENT: readonly RecordColumn<Pick<RecordPut, "draft">>[] = [
  { name: "fields", type: "json", read: ({ draft }) => draft.fields },
  { name: "custom", type: "json", read: ({ draft }) => unlessEmpty(draft.custom) },
  { name: "links", type: "json", read: ({ draft }) => unlessEmpty(draft.links) },
  { name: "keys", type: "json", read: ({ draft }) => draft.keys },
  { name: "field_times", type: "json", read: ({ draft }) => unlessEmpty(draft.fieldTimes) },
];

export const RECORD_FIELDS = [
  ...["kind", "id", "fields", "custom", "links", "keys", "field_times", "revision"],
  ...[instant("created_at"), instant("updated_at")],
].join(", ");

function unlessEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

function jsonOrEmpty<T extends object>(row: Row, column: string): T {
  return row[column] === null ? ({} as T) : (json<T | null>(row, column) ?? ({} as T));
}

export function fromRecordRow<Kind extends RecordKind>(row: Row): StoredRecord<Kind> {
  return {
    kind: text(row, "kind") as Kind,
    id: text(row, "id"),
    fields: json<StoredRecord<Kind>["fields"]>(row, "fields"),
    custom: jsonOrEmpty(row, "custom"),
    links: jsonOrEmpty(row, "links"),
    keys: json<readonly string[]>(row, "keys"),
    fieldTimes: jsonOrEmpty(row, "field_times"),
    revision: text(row, "revision"),
    createdAt: text(row, "created_at"),
    updatedAt: text(row, "updated_at"),
  };
}

export function fromRemovalRow(row: Row): RecordRemoval {
  return {
    kind: text(row, "kind") as RecordKind,
    id: text(row, "id"),
    ...optional("mergedInto", row, "merged_into", text),
    removedAt: text(row, "removed_at"),
  };
}
