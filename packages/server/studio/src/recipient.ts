import type { JsonValue } from "@salesagent/client";

/** Names of arguments that tell whom a call is for, the most telling first. */
const TO =
  /^(to|recipients?|email|e_?mail_?address|to_?email|phone|to_?phone|number|contact|contact_?id|lead_?id|profile_?url|linkedin_?url|crm_?id|record_?id)$/i;
const ORDER = ["to", "recipient", "recipients", "email", "phone"];

/**
 * Whom a call is for, by its arguments; nothing where they do not tell.
 *
 * @returns Such as `ada@fjord.example`; several with commas between.
 */
export function recipientOf(input: JsonValue): string | undefined {
  const found = [...candidatesOf(input, 0)].sort((one, other) => rank(one.name) - rank(other.name));
  const [first] = found;
  return first && textOf(first.value);
}

interface Candidate {
  readonly name: string;
  readonly value: JsonValue;
}

function* candidatesOf(input: JsonValue, depth: number): Generator<Candidate> {
  if (typeof input !== "object" || input === null || Array.isArray(input) || depth > 2) return;
  for (const [name, value] of Object.entries(input)) {
    if (TO.test(name) && textOf(value) !== undefined) yield { name, value };
    else yield* candidatesOf(value, depth + 1);
  }
}

function rank(name: string): number {
  const index = ORDER.indexOf(name.toLowerCase());
  return index < 0 ? ORDER.length : index;
}

function textOf(value: JsonValue): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  if (typeof value === "number") return String(value);
  if (!Array.isArray(value)) {
    if (typeof value !== "object" || value === null) return undefined;
    const { email, address, name } = value as { readonly [name: string]: JsonValue };
    return [email, address, name].find((each): each is string => typeof each === "string");
  }
  const all = value.map(textOf);
  return all.length > 0 && all.every((each) => each !== undefined) ? all.join(", ") : undefined;
}
