import type { JsonObject, JsonValue } from "@salesagent/ports";

/** Data as people read it: a range as `120–200`, and where a field is from beside its value. */
export function plainData(data: JsonObject): JsonObject {
  const { provenance, ...fields } = data;
  if (!isObject(provenance)) return mapValues(data, plainValue);
  const source = sourceOf(provenance);
  // Of a single value, or of each field of a record.
  if (source !== undefined) return { ...mapValues(fields, plainValue), source };
  return mapValues(fields, (value, name) => {
    const from = sourceOf(provenance[name]);
    const plain = plainValue(value);
    return from === undefined || typeof plain === "object" ? plain : `${plain} (${from})`;
  });
}

function plainValue(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isObject(value)) return value;
  return rangeOf(value) ?? plainData(value);
}

function rangeOf(value: JsonObject): string | undefined {
  const { min, max, ...rest } = value;
  if (typeof min !== "number" || Object.keys(rest).length > 0) return undefined;
  if (max === min) return String(min);
  return max === undefined ? `${min} or more` : `${min}–${String(max)}`;
}

function sourceOf(provenance: JsonValue | undefined): string | undefined {
  const source = isObject(provenance) ? provenance["source"] : undefined;
  return typeof source === "string" ? source : undefined;
}

function mapValues(data: JsonObject, map: (value: JsonValue, name: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, map(value, name)]));
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
