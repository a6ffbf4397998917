import type { CrmCallOptions, CrmFieldSchema } from "@salesagent/ports";
import type { CloseApi } from "./close-api.js";
import { type JsonRecord, textOf } from "./json-record.js";

const TYPES: Readonly<Record<string, CrmFieldSchema["type"]>> = {
  text: "text",
  textarea: "text",
  url: "text",
  number: "number",
  date: "date",
  datetime: "instant",
  choices: "choice",
};

/** The custom fields of an owner, and those that it shares with others. */
export async function customSchema(
  api: CloseApi,
  owner: "contact" | "lead" | "opportunity",
  call: CrmCallOptions | undefined,
): Promise<readonly CrmFieldSchema[]> {
  const fields: JsonRecord[] = [];
  for (const path of [`/custom_field/${owner}/`, "/custom_field/shared/"]) {
    for (let skip = 0, hasMore = true; hasMore; ) {
      const page = await api.list(path, { _limit: 100, _skip: skip }, call);
      fields.push(...page.rows);
      skip += page.rows.length;
      hasMore = page.hasMore && page.rows.length > 0;
    }
  }
  return fields.map(fromCustomField);
}

function fromCustomField(field: JsonRecord): CrmFieldSchema {
  const { choices } = field;
  const label = textOf(field["name"]);
  return {
    name: `custom.${String(field["id"])}`,
    type: field["accepts_multiple_values"] === true ? "list" : (TYPES[String(field["type"])] ?? "other"),
    ...(label === undefined ? {} : { label }),
    ...(Array.isArray(choices) ? { choices: choices.map(String) } : {}),
  };
}

/** Fields that every organisation has. */
export function ownFields(
  fields: Readonly<Record<string, CrmFieldSchema["type"]>>,
  readOnly: readonly string[] = [],
): readonly CrmFieldSchema[] {
  return Object.entries(fields).map(([name, type]) => ({
    name,
    type,
    ...(readOnly.includes(name) ? { readOnly: true } : {}),
  }));
}
