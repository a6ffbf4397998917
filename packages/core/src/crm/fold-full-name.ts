import type { JsonObject, JsonValue } from "@salesagent/ports";
import { FULL_NAME, isItsParts, isNamePart, joinedName, NAME_PARTS } from "./contact-name.js";
import type { FieldRules } from "./default-rules.js";
import type { MergedRecord } from "./merge-record.js";
import { isSame } from "./same-value.js";

/** What becomes of a full name that follows from its parts. */
export interface FoldedName {
  /** The full name that a side is to have; absent where it stays. */
  readonly toApp?: JsonValue;
  readonly toCrm?: JsonValue;
  /** Whether both sides agree on it from then on; not where a person decides on a part. */
  readonly isAgreed: boolean;
}

/**
 * Whoever edits somebody's name changes a part and the whole: both say one thing. Where the full names of both sides are but their
 * parts, the parts alone are merged, and the full names follow.
 *
 * @returns Nothing where the full name is to be merged as it is.
 */
export function foldFullName(
  { toApp, toCrm, conflicts }: Pick<MergedRecord, "toApp" | "toCrm" | "conflicts">,
  app: JsonObject,
  crm: JsonObject,
  rules: FieldRules,
): FoldedName | undefined {
  if (isSame(app[FULL_NAME], crm[FULL_NAME]) || !haveOneRule(rules)) return undefined;
  if (!isItsParts(app) || !isItsParts(crm)) return undefined;
  const isAgreed = !conflicts.some(({ field, taken }) => isNamePart(field) && taken === "open");
  const [isToApp, isToCrm] = [toApp, toCrm].map((changes) => Object.keys(changes).some(isNamePart));
  if (isAgreed && !isToApp && !isToCrm) return undefined;
  // Each side may divide a name in its own way: a part of the one beside a part of the other may be no name.
  if (isAgreed && !isToCrm) return { toApp: crm[FULL_NAME] ?? null, isAgreed };
  if (isAgreed && !isToApp) return { toCrm: app[FULL_NAME] ?? null, isAgreed };
  return { ...changedTo("toApp", app, toApp), ...changedTo("toCrm", crm, toCrm), isAgreed };
}

function changedTo(way: "toApp" | "toCrm", side: JsonObject, changes: JsonObject) {
  const whole = joinedName({ ...side, ...changes });
  return isSame(side[FULL_NAME], whole) ? {} : { [way]: whole };
}

/** A host that treats them differently means it. */
function haveOneRule(rules: FieldRules): boolean {
  const whole = rules[FULL_NAME];
  return NAME_PARTS.every((part) => {
    const rule = rules[part];
    return rule?.policy === whole?.policy && rule?.direction === whole?.direction;
  });
}
