import type { JsonObject, JsonValue } from "@salesagent/ports";
import { isOtherForm } from "./likeness.js";
import { type FieldValue, isEmpty, isSame } from "./same-value.js";

/** A name stands in its parts and as a whole; some CRMs keep the whole alone, and divide it in their own way. */
export const FULL_NAME = "fullName";
export const NAME_PARTS = ["firstName", "lastName"] as const;

export const NAME_FIELDS = [FULL_NAME, ...NAME_PARTS] as const;

export const isNamePart = (field: string): boolean => (NAME_PARTS as readonly string[]).includes(field);

/** The parts, one after the other; null where there are none. */
export function joinedName(values: JsonObject): JsonValue {
  const name = NAME_PARTS.flatMap((part) => textOf(values[part])).join(" ");
  return name === "" ? null : name;
}

/** Whether the full name says what the parts say, no more and no less. */
export function isItsParts(values: JsonObject): boolean {
  return !isEmpty(values[FULL_NAME]) && isSame(values[FULL_NAME], joinedName(values));
}

/** Whether two records have one name in parts, however they divide it: "Mary Ann" "Smith", and "Mary" "Ann Smith". */
export function isSameName(one: JsonObject, other: JsonObject): boolean {
  const [ours, theirs] = [joinedName(one), joinedName(other)];
  return ours !== null && theirs !== null && isOtherForm(ours, theirs);
}

/** The changes of a record, with the full name that follows from them where it is but its parts. */
export function withFullName(
  record: JsonObject,
  changes: Readonly<Record<string, JsonValue>>,
): Readonly<Record<string, JsonValue>> {
  const isRenamed = Object.keys(changes).some(isNamePart) && !(FULL_NAME in changes);
  if (!isRenamed || !isItsParts(record)) return changes;
  return { ...changes, [FULL_NAME]: joinedName({ ...record, ...changes }) };
}

function textOf(value: FieldValue): readonly string[] {
  return typeof value === "string" && !isEmpty(value) ? [value.trim()] : [];
}
