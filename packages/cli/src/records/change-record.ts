import { matchKeys } from "@salesagent/core/crm";
import type {
  CrmContactFields,
  CrmFields,
  JsonObject,
  JsonValue,
  RecordDraft,
  RecordKind,
  StoredRecord,
} from "@salesagent/ports";
import { customValue, type ReadRecord } from "./read-record.js";

/** A record as it stands, or as it would once the rows before were written. */
export type RecordState = Pick<StoredRecord, "fields" | "custom" | "links" | "keys" | "fieldTimes"> & {
  /** Absent for one that is not written yet. */
  readonly updatedAt?: string | undefined;
};

const NOTHING: RecordState = { fields: {}, custom: {}, links: {}, keys: [], fieldTimes: {} };
const MAX_KEYS = 20;

/**
 * What a record is after a row: what the row says over what stands, each changed field with its time.
 *
 * @returns Nothing where the row changes nothing.
 */
export function changeRecord(
  kind: RecordKind,
  before: RecordState = NOTHING,
  row: ReadRecord,
  at: string,
): RecordDraft | undefined {
  const values = valuesOf(before);
  const changed = Object.entries(wantedOf(row, before)).filter(
    ([name, value]) => !isSame(values[name], value),
  );
  if (changed.length === 0 && before !== NOTHING) return undefined;
  const changes = Object.fromEntries(changed);
  const fields = { ...before.fields, ...part(changes, "") } as CrmFields[RecordKind];
  return {
    fields,
    custom: { ...before.custom, ...part(changes, "custom.") },
    links: { ...before.links, ...part(changes, "links.") },
    keys: keysOf(kind, before, fields),
    fieldTimes: timesOf(before, values, changes, at),
  };
}

function wantedOf({ fields, custom, links }: ReadRecord, before: RecordState): JsonObject {
  return {
    ...fields,
    ...fullNameOf(fields, before),
    ...prefixed("custom.", custom, (cell, name) => customValue(cell, before.custom[name])),
    ...prefixed("links.", links, (ids) => ids ?? []),
  };
}

/** A full name that is made of the other two follows them; a record that has none stays without, as some CRMs have none. */
function fullNameOf(row: JsonObject, before: RecordState): JsonObject {
  const isOwn = row["fullName"] !== undefined || (row["firstName"] ?? row["lastName"]) === undefined;
  const { firstName, lastName, fullName }: CrmContactFields = before.fields;
  if (isOwn || (before !== NOTHING && fullName !== nameOf(firstName, lastName))) return {};
  return { fullName: nameOf(row["firstName"] ?? firstName, row["lastName"] ?? lastName) };
}

const nameOf = (...parts: readonly (JsonValue | undefined)[]): string =>
  parts.filter((one) => one !== undefined).join(" ");

function valuesOf({ fields, custom, links }: RecordState): JsonObject {
  return {
    ...(fields as JsonObject),
    ...prefixed("custom.", custom, (value) => value),
    ...prefixed("links.", links, (ids) => ids ?? []),
  };
}

function prefixed<Value>(
  prefix: string,
  values: Readonly<Record<string, Value>>,
  map: (value: Value, name: string) => JsonValue,
): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, map(value, name)]));
}

/** Those of the changes that begin so; without a beginning, the plain fields. */
function part(changes: JsonObject, prefix: "" | "custom." | "links."): JsonObject {
  const isPart = (name: string) =>
    prefix === "" ? !name.startsWith("custom.") && !name.startsWith("links.") : name.startsWith(prefix);
  return Object.fromEntries(
    Object.entries(changes).flatMap(([name, value]) =>
      isPart(name) ? [[name.slice(prefix.length), value] as const] : [],
    ),
  );
}

/** Those of the host stay; ours follow the fields. */
function keysOf(kind: RecordKind, before: RecordState, fields: CrmFields[RecordKind]): readonly string[] {
  const ours = new Set(matchKeys(kind, before.fields));
  const others = before.keys.filter((key) => !ours.has(key));
  return [...new Set([...others, ...matchKeys(kind, fields)])].slice(0, MAX_KEYS);
}

/** Fields that did not change keep their time, which for some is that of the record's last write. */
function timesOf(
  { fieldTimes, updatedAt }: RecordState,
  values: JsonObject,
  changes: JsonObject,
  at: string,
): Readonly<Record<string, string>> {
  const times: Record<string, string> = {};
  if (updatedAt !== undefined) for (const name of Object.keys(values)) times[name] = updatedAt;
  Object.assign(times, fieldTimes);
  for (const name of Object.keys(changes)) times[name] = at;
  return times;
}

function isSame(one: JsonValue | undefined, other: JsonValue): boolean {
  return JSON.stringify(sorted(one ?? null)) === JSON.stringify(sorted(other));
}

/** Names of an object in one order: a database keeps none. */
function sorted(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
