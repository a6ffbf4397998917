import type { JsonObject, JsonValue } from "@salesagent/ports";

/** A field of an event's data; null where there is none. Events are what agents of any version told. */
export function fieldOf(data: JsonValue, name: string): JsonValue {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return null;
  return (data as JsonObject)[name] ?? null;
}

/** A field that is a text; empty where it is none. */
export function textOf(data: JsonValue, name: string): string {
  const value = fieldOf(data, name);
  return typeof value === "string" ? value : "";
}
