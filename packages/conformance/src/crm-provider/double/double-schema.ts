import type { CrmFieldSchema, CrmKindSupport } from "@salesagent/ports";

const NUMBERS = new Set(["amountMinor", "probability", "foundedYear", "fundingUsd"]);
const BOOLEANS = new Set(["optedOut", "done"]);
const LISTS = new Set(["otherEmails", "otherPhones", "keywords", "technologies", "subIndustries"]);

/** The fields of a kind as the double's CRM describes them. */
export function fieldSchema(
  { fields, readOnlyFields = [] }: CrmKindSupport,
  custom: readonly string[],
): readonly CrmFieldSchema[] {
  const described = fields.map((name) => ({
    name,
    type: typeOf(name),
    ...(readOnlyFields.includes(name) && { readOnly: true }),
  }));
  return [...described, ...custom.map((name) => ({ name, type: "text" as const }))];
}

function typeOf(name: string): CrmFieldSchema["type"] {
  if (NUMBERS.has(name)) return "number";
  if (BOOLEANS.has(name)) return "boolean";
  return LISTS.has(name) ? "list" : "text";
}
