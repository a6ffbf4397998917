import type { CrmCallOptions, CrmFieldSchema, CrmKind } from "@salesagent/ports";
import { type ObjectCalls, passed } from "./object-calls.js";
import { TYPES_OF_KIND } from "./object-types.js";
import { type Fields, fieldsOf, listOf, textOf } from "./read-json.js";

/** The properties that HubSpot has for a kind, each once. */
export async function readSchema(
  calls: ObjectCalls,
  kind: CrmKind,
  call?: CrmCallOptions,
): Promise<readonly CrmFieldSchema[]> {
  const fields = new Map<string, CrmFieldSchema>();
  for (const type of TYPES_OF_KIND[kind]) {
    const answer = await calls.client.get(calls.paths.properties(type), {
      ...passed(call),
      group: "general",
    });
    for (const property of listOf(answer.body(), "results")) {
      const field = toFieldSchema(property);
      if (field !== undefined && !fields.has(field.name)) fields.set(field.name, field);
    }
  }
  return [...fields.values()];
}

const TYPES: Readonly<Record<string, CrmFieldSchema["type"]>> = {
  string: "text",
  phone_number: "text",
  number: "number",
  bool: "boolean",
  date: "date",
  datetime: "instant",
  enumeration: "choice",
};

function toFieldSchema(property: Fields): CrmFieldSchema | undefined {
  const name = textOf(property["name"]);
  if (name === undefined) return undefined;
  const type = TYPES[textOf(property["type"]) ?? ""] ?? "other";
  const label = textOf(property["label"]);
  const choices = listOf(property, "options").flatMap((option) => textOf(option["value"]) ?? []);
  const isReadOnly =
    fieldsOf(property, "modificationMetadata")["readOnlyValue"] === true || property["calculated"] === true;
  return {
    name,
    // Several of a set of choices are one text with semicolons between.
    type: type === "choice" && textOf(property["fieldType"]) === "checkbox" ? "list" : type,
    ...(label === undefined ? {} : { label }),
    ...(type === "choice" && choices.length > 0 ? { choices } : {}),
    ...(isReadOnly ? { readOnly: true } : {}),
    ...(property["hasUniqueValue"] === true ? { unique: true } : {}),
  };
}
