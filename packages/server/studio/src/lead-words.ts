import type { JsonObject, JsonValue, Lead } from "@salesagent/client";

/** A lead in a few words: the company, and whoever is its contact. */
export function leadName({ id, company, contact }: Pick<Lead, "id" | "company" | "contact">): string {
  const person = contact && (textOf(contact["fullName"]) || nameOf(contact) || textOf(contact["email"]));
  const firm = textOf(company["name"]) || textOf(company["domain"]);
  return [firm, person].filter(Boolean).join(" – ") || id;
}

/** Whether all words of what is looked for are somewhere in a lead, or it is its id. */
export function leadMatches(lead: Lead, wanted: string): boolean {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { company, contact = {}, source, stage, id, custom } = lead;
  if (wanted.trim() === id) return true;
  const text = [source, stage, ...valuesOf(company), ...valuesOf(contact), ...valuesOf(custom)]
    .join("\n")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

function nameOf(contact: JsonObject): string {
  return [contact["firstName"], contact["lastName"]].map(textOf).filter(Boolean).join(" ");
}

function valuesOf(fields: JsonObject): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (name === "provenance") return [];
    return typeof value === "string" ? [value] : [JSON.stringify(value)];
  });
}

const textOf = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");
