import type {
  RecordDraft,
  RecordKind,
  RecordStore,
  RecordWrite,
  StoredRecord,
} from "../stores/record-store.js";
import { toInstant } from "./field-rules.js";
import { toNormalId } from "./shared-records.js";
import { isPlainObject, toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

const MOST_KEYS = 20;
const MOST_LOOKED_FOR = 1000;
const DEFAULT_CHANGES = 500;
const MOST_CHANGES = 1000;

/** Kinds of records that the app keeps. */
export const recordKinds = ["contact", "company", "deal"] as const satisfies readonly RecordKind[];

/** A draft with its defaults filled in, each key and each link once. */
export type NormalRecordDraft = Pick<StoredRecord, "fields" | "custom" | "links" | "keys" | "fieldTimes">;

/** A write as it is made: of what is put, the content in its normal form. */
export type NormalRecordWrite =
  | (Omit<RecordWrite & { readonly op: "put" }, "draft"> & { readonly draft: NormalRecordDraft })
  | (RecordWrite & { readonly op: "remove" });

/** How to go on with a change feed. */
export interface NormalChanges {
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** @throws `store.invalid`. */
export function toNormalKind(store: string, field: string, kind: RecordKind): RecordKind {
  if (!recordKinds.includes(kind)) {
    throw invalidValue(store, field, `it is not one of ${recordKinds.join(", ")}`);
  }
  return kind;
}

/** @throws `store.invalid` naming `writes[i].…`, also where two are of one record. */
export function toNormalRecordWrites(writes: readonly RecordWrite[]): readonly NormalRecordWrite[] {
  const seen = new Set<string>();
  return writes.map((write, index) => {
    const field = `writes[${index}]`;
    const normal = toNormalRecordWrite(field, write);
    const key = `${normal.kind}:${normal.id}`;
    if (seen.has(key)) throw invalidValue("records", `${field}.id`, "an earlier write is of the same record");
    seen.add(key);
    return normal;
  });
}

/** @throws `store.invalid` for a cursor that is no text; RangeError for a limit that is not a whole number from 1 to 1,000. */
export function toNormalChanges({
  cursor,
  limit = DEFAULT_CHANGES,
}: Exclude<Parameters<RecordStore["changes"]>[1], undefined> = {}): NormalChanges {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_CHANGES) {
    throw new RangeError(`from.limit must be a whole number from 1 to ${MOST_CHANGES}, got ${limit}`);
  }
  return {
    cursor: cursor === undefined ? undefined : toNormalId("records", "from.cursor", cursor),
    limit,
  };
}

/** The text is not the cursor of a change feed. */
export function unknownChangeCursor(): Error {
  return invalidValue("records", "from.cursor", "it is not the `cursor` of a change feed of this storage");
}

/** Each key once. @throws `store.invalid`, also for more than 1,000. */
export function toLookedFor(keys: readonly string[]): readonly string[] {
  if (!Array.isArray(keys) || keys.length > MOST_LOOKED_FOR) {
    throw invalidValue("records", "keys", `it is not a list of at most ${MOST_LOOKED_FOR} keys`);
  }
  return [...new Set(keys.map((key, index) => toNormalId("records", `keys[${index}]`, key)))];
}

function toNormalRecordWrite(field: string, write: RecordWrite): NormalRecordWrite {
  const kind = toNormalKind("records", `${field}.kind`, write.kind);
  const id = toNormalId("records", `${field}.id`, write.id);
  const { ifRevision } = write;
  if (ifRevision !== undefined && ifRevision !== null) {
    toNormalId("records", `${field}.ifRevision`, ifRevision);
  }
  switch (write.op) {
    case "put": {
      const draft = toNormalRecordDraft(`${field}.draft`, write.draft);
      return { op: "put", kind, id, draft, ifRevision: write.ifRevision };
    }
    case "remove": {
      const { mergedInto } = write;
      if (mergedInto !== undefined) toNormalId("records", `${field}.mergedInto`, mergedInto);
      return { op: "remove", kind, id, ifRevision: write.ifRevision, mergedInto };
    }
    default:
      throw invalidValue("records", `${field}.op`, "it is not one of put, remove");
  }
}

/** @param keep - Takes over what the record says. @throws `store.invalid`. */
export function toNormalRecordDraft(
  field: string,
  draft: RecordDraft,
  keep: typeof toStorable = toStorable,
): NormalRecordDraft {
  const { fields, custom = {}, links = {}, keys, fieldTimes = {} } = draft;
  checkObject(field, "fields", fields);
  checkObject(field, "custom", custom);
  checkObject(field, "links", links);
  checkObject(field, "fieldTimes", fieldTimes);
  return Object.freeze({
    fields: keep("records", `${field}.fields`, fields),
    custom: keep("records", `${field}.custom`, custom),
    links: toNormalLinks(`${field}.links`, links),
    keys: toNormalKeys(`${field}.keys`, keys),
    fieldTimes: toNormalTimes(`${field}.fieldTimes`, fieldTimes),
  });
}

function checkObject(field: string, name: string, value: unknown): void {
  if (!isPlainObject(value)) throw invalidValue("records", `${field}.${name}`, "it is not an object");
}

function toNormalKeys(field: string, keys: readonly string[]): readonly string[] {
  if (!Array.isArray(keys) || keys.length > MOST_KEYS) {
    throw invalidValue("records", field, `it is not a list of at most ${MOST_KEYS} texts`);
  }
  return Object.freeze([
    ...new Set(keys.map((key, index) => toNormalId("records", `${field}[${index}]`, key))),
  ]);
}

function toNormalLinks(field: string, links: NonNullable<RecordDraft["links"]>): NormalRecordDraft["links"] {
  const normal: Record<string, readonly string[]> = {};
  for (const [kind, ids] of Object.entries(links)) {
    if (ids === undefined) continue;
    toNormalKind("records", `${field}.${kind}`, kind as RecordKind);
    if (!Array.isArray(ids)) throw invalidValue("records", `${field}.${kind}`, "it is not a list of ids");
    const each = ids.map((id, index) => toNormalId("records", `${field}.${kind}[${index}]`, id));
    normal[kind] = Object.freeze([...new Set(each)]);
  }
  return Object.freeze(normal);
}

function toNormalTimes(
  field: string,
  times: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const copy: Record<string, string> = { ...toStorable("records", field, times) };
  for (const [name, time] of Object.entries(copy))
    copy[name] = toInstant("records", `${field}.${name}`, time);
  return Object.freeze(copy);
}
