import { cleanCell } from "../normalise/clean-cell.js";
import { type ColumnTarget, FIELD_PATHS, type FieldPath, LONGEST_VALUE } from "./fields.js";
import { type HeaderMeaning, meaningOfHeader } from "./header-names.js";
import { arePagesOfOneSite, fieldOfValues, shareOfShape } from "./value-shapes.js";

/** What is proposed for one column. */
export interface ColumnProposal {
  readonly column: string;
  readonly target: ColumnTarget;
  /** How sure the proposal is, 0–1. */
  readonly confidence: number;
  /** Why, in words. */
  readonly reason: string;
}

/** Less of a column's values than this looking like the field speaks against the header. */
const LEAST_SHARE = 0.2;

/** What a column means where only the others can tell. */
interface Surroundings {
  readonly person: boolean;
  readonly companyName: boolean;
  readonly companyCountry: boolean;
}

/**
 * Proposes what becomes of each column, from its header (in many languages, as common exports write it) and from what the
 * sample values look like. Each field is given to one column at most; columns that mean nothing known stay in `custom`.
 *
 * @param headers - Column headers, all different.
 * @param sampleRows - Cells of some rows, in the order of the headers; none is fine, some dozens are better.
 */
export function proposeMapping(
  headers: readonly string[],
  sampleRows: readonly (readonly string[])[],
): readonly ColumnProposal[] {
  const meanings = headers.map(meaningOfHeader);
  const surroundings: Surroundings = {
    person: meanings.some((meaning) => meaning?.startsWith("contact.") === true),
    companyName: meanings.includes("company.name"),
    companyCountry: meanings.includes("company.country"),
  };
  const proposals = headers.map((column, index) => {
    const values = sampleRows
      .map((row) => cleanCell(row[index] ?? ""))
      .filter((value) => value !== "" && value.length <= LONGEST_VALUE);
    return proposeColumn(column, meanings[index], values, surroundings);
  });
  return oneColumnPerField(proposals);
}

function proposeColumn(
  column: string,
  meaning: HeaderMeaning | undefined,
  values: readonly string[],
  surroundings: Surroundings,
): ColumnProposal {
  if (meaning === "ignore")
    return { column, target: "ignore", confidence: 1, reason: "written by an earlier import" };
  const named = meaning === undefined ? undefined : settle(meaning, values, surroundings);
  if (named === undefined) return fromValues(column, values);
  if (
    values.length >= 3 &&
    (named === "company.website" || named === "company.domain") &&
    arePagesOfOneSite(values)
  ) {
    return {
      column,
      target: "company.profileUrl",
      confidence: 0.9,
      reason: "the values are pages of one shared site",
    };
  }
  const share = shareOfShape(named, values);
  if (share !== undefined && values.length >= 3 && share < LEAST_SHARE) {
    const other = fromValues(column, values);
    return other.target === "custom"
      ? { ...other, reason: `the header says ${named}, but the values do not look like it` }
      : other;
  }
  const open = !(FIELD_PATHS as readonly string[]).includes(meaning ?? "");
  const base = open ? 0.75 : 0.9;
  const confidence = share === undefined ? base : Math.min(1, base + 0.1 * share);
  return { column, target: named, confidence, reason: share === undefined ? "header" : "header and values" };
}

function fromValues(column: string, values: readonly string[]): ColumnProposal {
  const found = fieldOfValues(values);
  if (found === undefined) return { column, target: "custom", confidence: 1, reason: "no known field" };
  const shared = found.target === "company.website" && arePagesOfOneSite(values);
  return {
    column,
    target: shared ? "company.profileUrl" : found.target,
    confidence: 0.6 * found.share,
    reason: shared ? "the values are pages of one shared site" : `the values look like ${found.what}`,
  };
}

/** Decides meanings that depend on the other columns or on the values. */
function settle(
  meaning: Exclude<HeaderMeaning, "ignore">,
  values: readonly string[],
  { person, companyName, companyCountry }: Surroundings,
): FieldPath | undefined {
  switch (meaning) {
    case "name":
      return person || companyName ? "contact.fullName" : "company.name";
    case "phone":
      return person ? "contact.phone" : "company.phone";
    case "country":
      return companyCountry ? "contact.country" : "company.country";
    case "linkedin":
      return fieldOfLinkedin(values) ?? (person ? "contact.linkedinUrl" : "company.linkedinUrl");
    case "url":
      return (
        fieldOfLinkedin(values) ?? (values.length === 0 ? "company.website" : fieldOfValues(values)?.target)
      );
    case "status":
      // Of the company, or of the lead in somebody's pipeline.
      return (shareOfShape("company.status", values) ?? 0) >= 0.5 ? "company.status" : undefined;
    default:
      return meaning;
  }
}

function fieldOfLinkedin(values: readonly string[]): FieldPath | undefined {
  const pages = values.filter((value) => /linkedin\.com\//i.test(value));
  if (pages.length === 0 || pages.length < values.length / 2) return undefined;
  const people = pages.filter((value) => /linkedin\.com\/(?:in|pub)\//i.test(value)).length;
  return people > pages.length / 2 ? "contact.linkedinUrl" : "company.linkedinUrl";
}

function oneColumnPerField(proposals: readonly ColumnProposal[]): readonly ColumnProposal[] {
  const winners = new Map<ColumnTarget, ColumnProposal>();
  for (const proposal of proposals) {
    const standing = winners.get(proposal.target);
    if (standing === undefined || proposal.confidence > standing.confidence)
      winners.set(proposal.target, proposal);
  }
  return proposals.map((proposal) => {
    const winner = winners.get(proposal.target);
    if (proposal.target === "custom" || proposal.target === "ignore" || winner === proposal) return proposal;
    const reason = `column "${winner?.column}" fits ${proposal.target} better`;
    return { column: proposal.column, target: "custom", confidence: 1, reason };
  });
}
