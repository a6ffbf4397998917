import type { JsonValue } from "@salesagent/client";

/** What somebody typed, as a value, or what is wrong with it. */
export type Typed = { readonly value: JsonValue } | { readonly problem: string };

/**
 * A value instead of some others, of their type: text stays text; what stood as a number, a yes or no, a list or an object has to be
 * one. Nothing typed is null.
 *
 * @param others - What the sides have.
 */
export function typedValue(text: string, others: readonly JsonValue[]): Typed {
  const typed = text.trim();
  if (typed === "") return { value: null };
  const known = others.filter((other) => other !== null && other !== undefined);
  if (known.every((other) => typeof other === "string")) return { value: typed };
  const read = toJson(typed);
  const fits = (other: JsonValue) => kindOf(other) === kindOf(read?.value ?? null);
  if (read && known.some(fits)) return read;
  if (!read && known.some((other) => typeof other === "string")) return { value: typed };
  return { problem: `Type ${[...new Set(known.map(kindOf))].join(" or ")}.` };
}

/** JSON as it is typed. */
export function typedJson(text: string): Typed {
  return toJson(text) ?? { problem: "This is no JSON. Look at its commas, quotes and braces." };
}

function toJson(text: string): { readonly value: JsonValue } | undefined {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch {
    return undefined;
  }
}

function kindOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list, such as ["one", "two"]';
  if (value === null) return "nothing";
  if (typeof value === "object") return 'an object, such as {"name": "value"}';
  if (typeof value === "boolean") return "true or false";
  return typeof value === "number" ? "a number" : "a text";
}
