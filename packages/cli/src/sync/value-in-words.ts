import type { JsonValue } from "@salesagent/ports";

/** A value as people read it; no value is a dash. */
export function valueInWords(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
