import type { JsonObject, JsonSchema, JsonValue } from "@salesagent/ports";

/** Keywords that hold schemas by name. */
const NAMED = new Set(["properties", "$defs", "definitions", "patternProperties", "dependentSchemas"]);
/** Keywords that hold one schema or a list of them. */
const NESTED = new Set([
  ...["items", "prefixItems", "contains", "anyOf", "oneOf", "allOf", "not", "if", "then", "else"],
  ...["additionalProperties", "propertyNames", "unevaluatedProperties", "unevaluatedItems"],
]);

/** True for a JSON object: neither a list nor null. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Rewrites every schema inside a schema, the innermost first, and the schema itself last. Never changes its input. */
export function mapSchema(schema: JsonSchema, rewrite: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const mapped: Record<string, JsonValue> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (NAMED.has(keyword) && isJsonObject(value)) mapped[keyword] = mapNamed(value, rewrite);
    else if (NESTED.has(keyword)) mapped[keyword] = mapNested(value, rewrite);
    else mapped[keyword] = value;
  }
  return rewrite(mapped);
}

function mapNamed(schemas: JsonObject, rewrite: (schema: JsonSchema) => JsonSchema): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, value]) => [name, mapNested(value, rewrite)]),
  );
}

function mapNested(value: JsonValue, rewrite: (schema: JsonSchema) => JsonSchema): JsonValue {
  if (Array.isArray(value)) return value.map((entry: JsonValue) => mapNested(entry, rewrite));
  return isJsonObject(value) ? mapSchema(value, rewrite) : value;
}
