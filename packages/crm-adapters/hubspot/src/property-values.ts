import type { JsonValue } from "@salesagent/ports";

/** Properties as HubSpot gives them: texts, and null for none. */
export type PropertyTexts = Readonly<Record<string, string | null | undefined>>;

/** The types that a property can be mapped as. */
export type PropertyType = "text" | "number" | "boolean" | "date" | "instant" | "choice" | "list";

/** Reads a property's text as its type; undefined for none, and for what is not of the type. */
export function readProperty(type: PropertyType, text: string | null | undefined): JsonValue | undefined {
  if (text === null || text === undefined || text === "") return undefined;
  switch (type) {
    case "text":
    case "choice":
      return text;
    case "number": {
      const number = Number(text);
      return Number.isFinite(number) ? number : undefined;
    }
    case "boolean":
      return text === "true" ? true : text === "false" ? false : undefined;
    case "date":
      return dayOf(text);
    case "instant":
      return instantText(text);
    case "list":
      return text.split(";").filter((item) => item !== "");
  }
}

/** Writes a value as a property's text; `""` clears it. Undefined for a value that is not of the type. */
export function writeProperty(type: PropertyType, value: JsonValue): string | undefined {
  if (value === null) return "";
  switch (type) {
    case "text":
    case "choice":
      return typeof value === "string" ? value : undefined;
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? String(value) : undefined;
    case "boolean":
      return typeof value === "boolean" ? String(value) : undefined;
    case "date":
      return typeof value === "string" && isDay(value) ? value : undefined;
    case "instant":
      return typeof value === "string" ? instantText(value) : undefined;
    case "list":
      return isTexts(value) && value.every((item) => !item.includes(";")) ? value.join(";") : undefined;
  }
}

const isTexts = (value: JsonValue): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** True for a day that the calendar has. */
export function isDay(text: string): boolean {
  return DAY.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}

/** The day of a date, or of an instant at midnight UTC, which is how HubSpot keeps days. No zone shifts it. */
export function dayOf(text: string): string | undefined {
  if (isDay(text.slice(0, 10)) && /^(\d{4}-\d{2}-\d{2})(T|$)/.test(text)) return text.slice(0, 10);
  const instant = /^\d+$/.test(text) ? new Date(Number(text)) : new Date(Number.NaN);
  return instant.toJSON()?.slice(0, 10);
}

/** ISO 8601 in UTC of a text that is an instant. */
export function instantText(text: string): string | undefined {
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(ms) ? undefined : (new Date(ms).toJSON() ?? undefined);
}

/** A number as people type it, in its normal form where it tells its country. */
export function phoneOf(text: string): string {
  const trimmed = text.trim();
  const bare = trimmed.replace(/^00/, "+").replace(/(?!^\+)[^\d]/g, "");
  return /^\+\d{6,15}$/.test(bare) ? bare : trimmed;
}
