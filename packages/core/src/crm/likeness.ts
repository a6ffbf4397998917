import type { JsonObject, JsonValue } from "@salesagent/ports";
import { isLinkName } from "./record-values.js";
import { type FieldValue, isEmpty, isSame } from "./same-value.js";

/** Shortest text of which a part may be all that a CRM kept. */
const SHORTEST_CUT = 10;
const PHONE = /^[+\d][\d\s()./-]{4,}$/;

/** How much more than any other value these tell one record from another. */
const TELLING: Readonly<Record<string, number>> = {
  ...{ email: 4, domain: 4, linkedinUrl: 4, phone: 2 },
  ...{ name: 2, fullName: 2, lastName: 2 },
};
/** Values that many records have: of a list of choices, or of a few. */
const COMMON: ReadonlySet<string> = new Set([
  ...["seniority", "department", "country", "region", "city", "timeZone", "industry", "status"],
  ...["currency", "stageId", "pipelineId", "ownerId", "fundingStage"],
]);
const COMMON_WEIGHT = 0.25;

/**
 * How much of what was sent a CRM has: 0–1, in whatever form it keeps values. An address counts for more than a name, and that for more
 * than what many have: two who share a first name and a title are not one.
 */
export function likeness(sent: JsonObject, kept: JsonObject): number {
  let [all, same] = [0, 0];
  for (const [name, value] of Object.entries(sent)) {
    if (isLinkName(name) || isEmpty(value)) continue;
    const isCommon = COMMON.has(name) || typeof value === "boolean";
    const weight = isCommon ? COMMON_WEIGHT : (TELLING[name] ?? 1);
    all += weight;
    if (isKeptAs(value, kept[name])) same += weight;
  }
  return all === 0 ? 0 : same / all;
}

/** Whether a CRM may have made the one value of the other: signs and case changed, or the end cut off. */
export function isKeptAs(sent: FieldValue, kept: FieldValue): boolean {
  if (isSame(sent, kept)) return true;
  const [one, other] = [letters(sent), letters(kept)];
  if (one === "" || other === "") return false;
  return one === other || (other.length >= SHORTEST_CUT && one.startsWith(other));
}

/** Whether a CRM took what it was told; null took a value away. */
export function isTakenAs(told: JsonValue, kept: JsonValue | undefined): boolean {
  return told === null ? isEmpty(kept) : isKeptAs(told, kept);
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
