import type { JsonValue } from "@salesagent/ports";
import { canonicalJson } from "../kernel/canonical-json.js";

/** A field's value; null and an empty text or list are no value, as in every CRM. */
export type FieldValue = JsonValue | undefined;

/** A text that is its own normal form: visible ASCII with single spaces between. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;
/** What is not to stay as it is: single spaces, which are by far the most, are passed over. */
const RUN_OF_SPACES = /\s{2,}|[^\S ]/g;

/** The value as it counts for comparing: spaces at the ends and runs of them say nothing, nor does the form of Unicode. */
export function comparable(value: FieldValue): FieldValue {
  if (typeof value === "string") {
    if (PLAIN.test(value)) return value;
    const text = value.normalize("NFC").replace(RUN_OF_SPACES, " ").trim();
    return text === "" ? undefined : text;
  }
  if (value === null) return undefined;
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((item) => comparable(item) ?? null);
  return value;
}

/** Whether two values say the same. */
export function isSame(one: FieldValue, other: FieldValue): boolean {
  if (one === other) return true;
  return comparableText(one) === comparableText(other);
}

/** A text that is equal for values that say the same. */
export function comparableText(value: FieldValue): string {
  return canonicalJson(comparable(value)) ?? "";
}

/** Whether there is no value. */
export function isEmpty(value: FieldValue): boolean {
  if (typeof value === "string") return value.trim() === "";
  return comparable(value) === undefined;
}
