import type { FieldReader } from "./field-reader.js";
import type { ScorableLead } from "./rules-score.js";

/**
 * Whether the fact is there. `absent` is a fact that was asked for as such and is not there: it gives nothing, and is
 * still to be found out.
 */
export type Knowledge = "known" | "absent" | "unknown";

/** What a rule found in a lead. */
export interface Finding {
  readonly knowledge: Knowledge;
  /** How far the criterion is met, 0–1. 0 where unknown. */
  readonly share: number;
  readonly evidence: string;
  readonly field: FieldReader;
}

/** A criterion made ready: looks at a lead and says what it finds. Pure. */
export type Rule = (lead: ScorableLead) => Finding;

/** Gives the reader of a field; rules of one profile share them. */
export type ReaderOf = (path: FieldReader["path"]) => FieldReader;

/** The one finding of a rule that knows nothing. */
export const unknownFinding = (field: FieldReader): Finding =>
  Object.freeze({ knowledge: "unknown", share: 0, evidence: `${field.label} is not known`, field });

/** A quoted text longer than this is cut, so that evidence stays a line. */
const LONGEST_QUOTE = 60;

/** A lead's text as evidence quotes it: on one line, and not too long. */
export function quote(text: string): string {
  const line = text.includes("\n") ? text.replaceAll("\n", ", ") : text;
  if (line.length <= LONGEST_QUOTE) return line;
  const cut = line.slice(0, LONGEST_QUOTE - 1);
  const last = cut.charCodeAt(cut.length - 1);
  const isHalfPair = last >= 0xd800 && last <= 0xdbff;
  return `${isHalfPair ? cut.slice(0, -1) : cut}…`;
}

/** Values of a profile that evidence names; the rest is counted. */
const NAMED_VALUES = 3;

/** `a`, `a or b`, `a, b, c or 2 others`. */
export function listOr(values: readonly string[]): string {
  if (values.length <= 1) return values[0] ?? "";
  if (values.length <= NAMED_VALUES) return `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
  const others = values.length - NAMED_VALUES;
  return `${values.slice(0, NAMED_VALUES).join(", ")} or ${others} ${others === 1 ? "other" : "others"}`;
}

/** How many of `count` things a `match` setting asks for. */
export function neededOf(match: "any" | "all" | number | undefined, count: number): number {
  if (match === undefined || match === "any") return 1;
  return match === "all" ? count : match;
}
