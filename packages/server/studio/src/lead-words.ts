import type { JsonObject, JsonValue, Lead } from "@salesagent/client";

/** A lead in a few words: the company, and whoever is its contact. */
export function leadName({ id, company, contact }: Pick<Lead, "id" | "company" | "contact">): string {
  const person = contact && (textOf(contact["fullName"]) || nameOf(contact) || textOf(contact["email"]));
  const firm = textOf(company["name"]) || textOf(company["domain"]);
  return [firm, person].filter(Boolean).join(" – ") || id;
}

function nameOf(contact: JsonObject): string {
  return [contact["firstName"], contact["lastName"]].map(textOf).filter(Boolean).join(" ");
}

const textOf = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");
