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

/** @param place - What was checked: `params`, `query` or `body`. */
export function toIssues(place: string, error: z.ZodError): readonly IssueFact[] {
  return error.issues.flatMap((issue) => {
    const base = [place, ...issue.path.map(String)].join(".");
    if (issue.code !== "unrecognized_keys") return [{ path: base, message: issue.message }];
    return issue.keys.map((key) => ({ path: `${base}.${key}`, message: "is not known here" }));
  });
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
