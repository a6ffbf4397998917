import { type IssueFact, SalesAgentError } from "@salesagent/ports";
import {
  type ColumnMapping,
  type ColumnTarget,
  FIELD_PATHS,
  IDENTIFYING_FIELDS,
  isColumnTarget,
} from "./fields.js";
import { nearest } from "./nearest.js";
import type { ColumnProposal } from "./propose-mapping.js";

/**
 * The proposals with the host's own wishes laid over them. A field that the host gives to a column is taken from the column
 * for which it was proposed.
 *
 * @throws `intake.mapping_invalid` naming columns and fields that are not there, with the nearest that are; or when nothing
 * is left by which a lead can be told from others.
 */
export function resolveMapping(
  source: string,
  proposals: readonly ColumnProposal[],
  wishes: ColumnMapping = {},
): readonly ColumnProposal[] {
  const headers = proposals.map(({ column }) => column);
  const issues = Object.entries(wishes).flatMap(([column, target]) => issuesOf(column, target, headers));
  if (issues.length > 0)
    throw invalid(`${source}: ${issues.map(({ message }) => message).join(" ")}`, issues);
  const taken = new Set(Object.values(wishes));
  const resolved = proposals.map((proposal): ColumnProposal => {
    const { column } = proposal;
    const wish = Object.hasOwn(wishes, column) ? wishes[column] : undefined;
    if (wish !== undefined) return { column, target: wish, confidence: 1, reason: "asked for" };
    if (proposal.target === "custom" || proposal.target === "ignore" || !taken.has(proposal.target))
      return proposal;
    return {
      column,
      target: "custom",
      confidence: 1,
      reason: `${proposal.target} was given to another column`,
    };
  });
  if (!resolved.some(({ target }) => (IDENTIFYING_FIELDS as readonly string[]).includes(target))) {
    throw noIdentity(source, headers);
  }
  return resolved;
}

function issuesOf(column: string, target: ColumnTarget | string, headers: readonly string[]): IssueFact[] {
  const issues: IssueFact[] = [];
  if (!headers.includes(column)) {
    issues.push({ path: column, message: `There is no column "${column}".${suggestion(column, headers)}` });
  }
  if (!isColumnTarget(target)) {
    const fields = [...FIELD_PATHS, "custom", "ignore"];
    issues.push({ path: column, message: `"${target}" is no field.${suggestion(target, fields)}` });
  }
  return issues;
}

function suggestion(text: string, candidates: readonly string[]): string {
  const near = nearest(text, candidates);
  const quoted = (near.length > 0 ? near : candidates.slice(0, 12)).map((name) => `"${name}"`).join(", ");
  return near.length > 0 ? ` Did you mean ${quoted}?` : ` There are ${quoted}.`;
}

function noIdentity(source: string, headers: readonly string[]): SalesAgentError {
  const columns = headers
    .slice(0, 12)
    .map((header) => `"${header}"`)
    .join(", ");
  const message =
    "no column names a company, its site or page, or a person's e-mail or LinkedIn page, " +
    `so rows can't be told apart. Map one, such as { "${headers[0] ?? "Company"}": "company.name" }. Columns: ${columns}.` +
    (headers.length === 1
      ? " With one column only, the delimiter may be an unusual one: pass `delimiter`."
      : "");
  return invalid(`${source}: ${message}`, [{ path: "", message }]);
}

function invalid(message: string, issues: readonly IssueFact[]): SalesAgentError<"intake.mapping_invalid"> {
  return new SalesAgentError("intake.mapping_invalid", { message, facts: { issues }, replay: "safe" });
}
