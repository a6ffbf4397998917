import type { JsonObject } from "@salesagent/ports";
import { isLinkName } from "./record-values.js";
import { type FieldValue, isEmpty, isSame } from "./same-value.js";

/** Shortest text of which a part may be all that a CRM kept. */
const SHORTEST_CUT = 10;
const PHONE = /^[+\d][\d\s()./-]{4,}$/;

/** How much of what was sent a CRM has: 0–1, in whatever form it keeps values. */
export function likeness(sent: JsonObject, kept: JsonObject): number {
  const names = Object.keys(sent).filter((name) => !isLinkName(name) && !isEmpty(sent[name]));
  if (names.length === 0) return 0;
  return names.filter((name) => isKeptAs(sent[name], kept[name])).length / names.length;
}

/** Whether a CRM may have made the one value of the other: signs and case changed, or the end cut off. */
export function isKeptAs(sent: FieldValue, kept: FieldValue): boolean {
  if (isSame(sent, kept)) return true;
  const [one, other] = [letters(sent), letters(kept)];
  if (one === "" || other === "") return false;
  return one === other || (other.length >= SHORTEST_CUT && one.startsWith(other));
}

/** Whether two values are two forms of one: they differ in case and spaces alone, or are one telephone number. */
export function isOtherForm(one: FieldValue, other: FieldValue): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isOtherForm(item, other[index]));
  }
  if (typeof one !== "string" || typeof other !== "string") return isSame(one, other);
  if (PHONE.test(one) && PHONE.test(other)) return one.replace(/[^\d]/g, "") === other.replace(/[^\d]/g, "");
  return isSame(one.toLowerCase(), other.toLowerCase());
}

function letters(value: FieldValue): string {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? "");
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}
