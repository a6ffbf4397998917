import type { JsonSchema, StandardIssue, StandardSchema } from "@salesagent/ports";

/** A field of text, as a model is told of it. */
export interface TextField {
  readonly description: string;
  /** The only texts that it takes. @defaultValue any */
  readonly oneOf?: readonly string[] | undefined;
}

/** An object of texts, each of them required: what small tools take and short decisions are. */
export function textFields<Name extends string>(
  fields: Readonly<Record<Name, TextField>>,
): StandardSchema<unknown, Readonly<Record<Name, string>>> {
  const entries = Object.entries<TextField>(fields);
  const properties = Object.fromEntries(
    entries.map(([name, { description, oneOf }]) => [
      name,
      { type: "string", description, ...(oneOf && { enum: [...oneOf] }) },
    ]),
  );
  const document: JsonSchema = {
    type: "object",
    properties,
    required: entries.map(([name]) => name),
    additionalProperties: false,
  };
  const print = () => ({ ...document });
  return {
    "~standard": {
      ...{ version: 1, vendor: "salesagent", jsonSchema: { input: print, output: print } },
      validate(value) {
        const issues = entries.flatMap(([name, field]) => issueOf(name, field, value));
        if (issues.length > 0) return { issues };
        const given = value as Readonly<Record<Name, string>>;
        const texts = entries.map(([name]) => [name, given[name as Name]]);
        return { value: Object.fromEntries(texts) as Readonly<Record<Name, string>> };
      },
    },
  };
}

function issueOf(name: string, { oneOf }: TextField, value: unknown): readonly StandardIssue[] {
  const given: unknown =
    typeof value === "object" && value !== null && Object.hasOwn(value, name)
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined;
  if (typeof given !== "string") return [{ path: [name], message: "must be a text" }];
  if (!oneOf || oneOf.includes(given)) return [];
  return [{ path: [name], message: `must be one of ${oneOf.join(", ")}` }];
}
