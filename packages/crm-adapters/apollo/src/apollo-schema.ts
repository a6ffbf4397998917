import type { ServiceClient } from "@salesagent/core/http";
import type { CrmCallOptions, CrmFieldSchema } from "@salesagent/ports";
import type { ApolloKind } from "./from-record.js";
import { WRITABLE } from "./to-record.js";
import { objectOf, rowsOf, textOf, type Wire } from "./wire.js";

const MODALITIES: Readonly<Record<ApolloKind, string>> = {
  contact: "contact",
  company: "account",
  deal: "opportunity",
};

const TYPES: Readonly<Record<string, CrmFieldSchema["type"]>> = {
  string: "text",
  textarea: "text",
  linkedin_url: "text",
  number: "number",
  integer: "number",
  currency: "number",
  percent: "number",
  boolean: "boolean",
  date: "date",
  datetime: "instant",
  picklist: "choice",
  multipicklist: "list",
};

/** Apollo's own fields of a kind as far as they may be written, and the team's, by their ids. */
export async function readSchema(
  client: ServiceClient,
  kind: ApolloKind,
  call: CrmCallOptions | undefined,
): Promise<readonly CrmFieldSchema[]> {
  const answer = await client.get("/fields", { ...call, query: { source: "custom" }, group: "fields/index" });
  const custom = rowsOf(objectOf(answer.body())["fields"])
    .filter((field) => field["modality"] === MODALITIES[kind])
    .flatMap((field) => toSchema(field) ?? []);
  const own = Object.values(WRITABLE[kind]).map((name): CrmFieldSchema => ({ name, type: "text" }));
  return [...own, ...custom];
}

function toSchema(field: Wire): CrmFieldSchema | undefined {
  const name = textOf(field["id"]);
  if (name === undefined) return undefined;
  const label = textOf(field["label"]);
  const choices = rowsOf(field["picklist_options"]).flatMap((one) => textOf(one["name"]) ?? []);
  return {
    name,
    type: TYPES[textOf(field["type"]) ?? ""] ?? "other",
    ...(label === undefined ? {} : { label }),
    ...(choices.length === 0 ? {} : { choices }),
  };
}
