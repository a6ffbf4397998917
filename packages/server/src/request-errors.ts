import { type IssueFact, SalesAgentError } from "@salesagent/ports";
import type { z } from "zod";

/** @param issues - Each names its place, such as `query.limit`. */
export function invalidRequest(issues: readonly IssueFact[]): SalesAgentError<"request.invalid"> {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  return new SalesAgentError("request.invalid", {
    message: `The request is not valid: ${first?.path}: ${first?.message}${more}.`,
    facts: { issues },
    replay: "safe",
  });
}

/** @param place - What was checked: `params`, `query` or `body`; empty for what has no name. */
export function toIssues(place: string, error: Pick<z.ZodError, "issues">): readonly IssueFact[] {
  return error.issues.flatMap((issue) => issuesOf(issue, place));
}

function issuesOf(issue: z.core.$ZodIssue, place: string): readonly IssueFact[] {
  const path = [place, ...issue.path.map(String)].filter((part) => part !== "").join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: path === "" ? key : `${path}.${key}`,
      message: "is not known here",
    }));
  }
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ path, message: issue.message }];
  const told = issue.errors.map((issues) => toIssues(path, { issues: issues as z.core.$ZodIssue[] }));
  return told.reduce((best, other) => (isNearer(other, best) ? other : best));
}

/** Of several shapes the one that is nearest to being right is what was meant. */
function isNearer(one: readonly IssueFact[], other: readonly IssueFact[]): boolean {
  if (one.length !== other.length) return one.length < other.length;
  return (one[0]?.path.length ?? 0) > (other[0]?.path.length ?? 0);
}

/** What there is not, and what is another tenant's: the same answer, so that nobody learns which. */
export function notFound(store: string, id: string): SalesAgentError<"store.not_found"> {
  return new SalesAgentError("store.not_found", {
    message: `There is no ${store} of this id.`,
    facts: { store, id },
    replay: "safe",
  });
}

/** What was found. @throws `store.not_found` where there is nothing. */
export async function need<T>(found: Promise<T | undefined>, store: string, id: string): Promise<T> {
  const value = await found;
  if (value === undefined) throw notFound(store, id);
  return value;
}
