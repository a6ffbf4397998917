import type { HubspotProperty } from "./property-catalogue.js";
import type { BadValue } from "./refusal.js";

/** Properties as HubSpot keeps them: texts, and no empty ones. */
export type PropertyTexts = Readonly<Record<string, string>>;

/** What a write asks for: a text to set, `""` to clear. */
export interface CheckedValues {
  readonly values: PropertyTexts;
  readonly problems: readonly BadValue[];
}

/**
 * Checks the values of a write against the properties of its type.
 *
 * @param asUser - Whether HubSpot itself writes, which may write all.
 */
export function checkValues(
  properties: ReadonlyMap<string, HubspotProperty>,
  sent: Readonly<Record<string, unknown>>,
  asUser = false,
): CheckedValues {
  const values: Record<string, string> = {};
  const problems: BadValue[] = [];
  for (const [name, value] of Object.entries(sent)) {
    const property = properties.get(name);
    const text = textOf(value);
    const problem =
      property === undefined
        ? { error: "PROPERTY_DOESNT_EXIST", message: `Property "${name}" does not exist` }
        : text === undefined
          ? { error: "INVALID_VALUE", message: `${name} is no text` }
          : problemOf(property, text, asUser);
    if (problem === undefined) values[name] = normalText(name, text ?? "");
    else problems.push({ name, ...problem });
  }
  return { values, problems };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (value === null) return "";
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

const normalText = (name: string, text: string) => (name === "email" ? text.trim().toLowerCase() : text);

function problemOf(
  { name, type, options, readOnly }: HubspotProperty,
  text: string,
  asUser: boolean,
): Omit<BadValue, "name"> | undefined {
  if (readOnly && !asUser) {
    return {
      error: "READ_ONLY_VALUE",
      message: `"${name}" is a read only property; its value cannot be set.`,
    };
  }
  if (text === "") return undefined;
  if (name === "email" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text.trim())) {
    return { error: "INVALID_EMAIL", message: `Email address ${text} is invalid` };
  }
  if (type === "number" && !/^-?\d+(\.\d+)?$/.test(text)) {
    return { error: "INVALID_LONG", message: `${text} was not a valid long.` };
  }
  if ((type === "date" || type === "datetime") && Number.isNaN(instantOf(text))) {
    return { error: "INVALID_DATE", message: `${text} was not a valid date.` };
  }
  if (options !== undefined && !text.split(";").every((item) => options.includes(item))) {
    return { error: "INVALID_OPTION", message: `${text} was not one of the allowed options: [${options}]` };
  }
  return text.length > 65_536
    ? { error: "PROPERTY_VALUE_TOO_LONG", message: `${name} holds at most 65536 characters` }
    : undefined;
}

/** Epoch milliseconds of a text that is these, or ISO 8601. */
export function instantOf(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
}
