import type { CrmFields, CrmLinks, JsonObject, JsonValue, RecordKind } from "@salesagent/ports";
import { isEmpty } from "./same-value.js";

/** What a record says, by kind of part. */
export interface RecordParts {
  readonly fields: object;
  readonly custom?: JsonObject | undefined;
  readonly links?: CrmLinks | undefined;
}

/** Parts of a record that are to be written; null takes a value away. */
export interface ChangedParts {
  readonly fields: Record<string, JsonValue>;
  readonly custom: Record<string, JsonValue>;
  readonly links: Partial<Record<RecordKind, readonly string[]>>;
}

const CUSTOM = "custom.";
const LINKS = "links.";
/** What no database of ours holds in a text: NUL, and halves of surrogate pairs. The first test is cheap, and right mostly. */
const MAY_BE_UNSTORABLE = /[\0\ud800-\udfff]/;
const UNSTORABLE = /\0|\p{Surrogate}/gu;

/**
 * A record as one flat object: its fields by their names, the host's own as `custom.x`, what it hangs on as `links.company`.
 *
 * @param names - Those that are wanted. What has no value is left out.
 */
export function toValues(record: RecordParts, names: Iterable<string>): JsonObject {
  const values: Record<string, JsonValue> = {};
  for (const name of names) {
    const value = partOf(record, name);
    if (value === undefined || isEmpty(value)) continue;
    values[name] = typeof value === "string" ? storable(value) : value;
  }
  return values;
}

/** The parts that flat values stand for. */
export function toParts(values: JsonObject): ChangedParts {
  const parts: ChangedParts = { fields: {}, custom: {}, links: {} };
  for (const name of Object.keys(values)) {
    const value = values[name] ?? null;
    if (name.startsWith(CUSTOM)) parts.custom[name.slice(CUSTOM.length)] = value;
    else if (isLinkName(name)) parts.links[linkedKind(name)] = (value ?? []) as readonly string[];
    else parts.fields[name] = value;
  }
  return parts;
}

/** Fields of a kind, after changes; null takes a value away. */
export function changedFields<Kind extends RecordKind>(
  fields: object,
  changes: Readonly<Record<string, JsonValue>>,
): CrmFields[Kind] {
  return withoutNulls({ ...fields, ...changes }) as CrmFields[Kind];
}

/** Values without those that are null. */
export function withoutNulls(values: Readonly<Record<string, JsonValue>>): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** Whether a name stands for what a record hangs on. */
export const isLinkName = (name: string): boolean => name.startsWith(LINKS);

/** The kind of records that `links.company` stands for. */
export const linkedKind = (name: string): RecordKind => name.slice(LINKS.length) as RecordKind;

/** The name under which records of a kind are linked. */
export const linkName = (kind: RecordKind): string => LINKS + kind;

function partOf(record: RecordParts, name: string): JsonValue | undefined {
  if (isLinkName(name)) return record.links?.[linkedKind(name)];
  if (name.startsWith(CUSTOM)) return record.custom?.[name.slice(CUSTOM.length)];
  return (record.fields as Readonly<Record<string, JsonValue>>)[name];
}

function storable(text: string): string {
  return MAY_BE_UNSTORABLE.test(text) ? text.replace(UNSTORABLE, "\ufffd") : text;
}
