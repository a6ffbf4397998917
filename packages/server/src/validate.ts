import type { IssueFact } from "@salesagent/ports";
import type { z } from "zod";
import { invalidRequest, toIssues } from "./request-errors.js";

/** A value that has passed a schema. @throws `request.invalid` with each issue's place. */
export function validate<Schema extends z.ZodType>(
  place: string,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidRequest(toIssues(place, parsed.error));
}

/** The query of an address as an object of texts. @throws `request.invalid` for a name that is given more than once. */
export function queryOf(url: string): Readonly<Record<string, string>> {
  const [whole = ""] = url.split("#", 1);
  const start = whole.indexOf("?");
  if (start < 0) return {};
  const query: Record<string, string> = Object.create(null);
  const repeated: IssueFact[] = [];
  for (const [name, value] of new URLSearchParams(whole.slice(start))) {
    if (name in query) repeated.push({ path: `query.${name}`, message: "is given more than once" });
    query[name] = value;
  }
  if (repeated.length > 0) throw invalidRequest(repeated);
  return { ...query };
}
