import type { IssueFact, JsonSchema, StandardIssue, StandardSchema } from "@salesagent/ports";

/** A value that fits its schema, or what stands against it. */
export type Validated<T> = { readonly value: T } | { readonly issues: readonly IssueFact[] };

/** Validates with any Standard Schema. */
export async function validate<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
): Promise<Validated<Output>> {
  const result = await schema["~standard"].validate(value);
  return result.issues === undefined ? { value: result.value } : { issues: result.issues.map(toFact) };
}

/** A long list that is wrong from end to end has an issue for each item; more than these tell nobody more. */
export const MAX_TOLD_ISSUES = 10;

/** The first issues on one line, such as `score: expected number; reasons[0]: too short`. */
export function describeIssues(issues: readonly IssueFact[]): string {
  const told = issues
    .slice(0, MAX_TOLD_ISSUES)
    .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  if (issues.length > MAX_TOLD_ISSUES) told.push(`and ${issues.length - MAX_TOLD_ISSUES} more`);
  return told.join("; ");
}

/**
 * The JSON Schema of a Standard Schema's input or output.
 *
 * @param option - The path to name when the library can't print one, such as `tools.lookup.input`.
 * @throws TypeError when the schema has no JSON form.
 */
export function toJsonSchema(schema: StandardSchema, side: "input" | "output", option: string): JsonSchema {
  const convert = schema["~standard"].jsonSchema?.[side];
  if (!convert) {
    throw new TypeError(
      `${option}: this schema can't be printed as JSON Schema. Use a library that implements Standard JSON Schema, such as zod 4.2 or later.`,
    );
  }
  const { $schema: _dialect, ...document } = printed(() => convert({ target: "draft-2020-12" }), option);
  return document as JsonSchema;
}

function printed<T>(print: () => T, option: string): T {
  try {
    return print();
  } catch (error) {
    const said = error instanceof Error ? error.message : "unknown failure";
    throw new TypeError(`${option}: this schema can't be printed as JSON Schema (${said}).`, {
      cause: error,
    });
  }
}

/** A validator's issue, with its path as text, such as `reasons[0].name`. */
export function toFact({ message, path = [] }: StandardIssue): IssueFact {
  let text = "";
  for (const segment of path) {
    const key = typeof segment === "object" ? segment.key : segment;
    if (typeof key === "number") text += `[${key}]`;
    else text += text === "" ? String(key) : `.${String(key)}`;
  }
  return { path: text, message };
}
