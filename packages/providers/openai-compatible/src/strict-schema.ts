import type { JsonSchema, JsonValue } from "@salesagent/ports";

/** Places in a schema that hold further schemas by name. */
const MAPS = ["properties", "$defs", "definitions"];
/** Places that hold one schema or a list of them. */
const NESTED = ["items", "prefixItems", "anyOf"];
/** Keywords that strict mode does not take. */
const REFUSED = [
  "allOf",
  "oneOf",
  "not",
  "if",
  "patternProperties",
  "propertyNames",
  "minProperties",
  "maxProperties",
  "unevaluatedProperties",
  "dependentRequired",
  "dependentSchemas",
  "contains",
  "uniqueItems",
  "default",
];
/** One of these must say what a value is. */
const SAYS_WHAT = ["type", "enum", "const", "anyOf", "$ref"];

/**
 * True when a schema keeps the rules of strict structured output: every object closed and with all its properties
 * required, every value typed. Others are still sent, without the promise.
 *
 * @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function isStrictSchema(schema: JsonSchema): boolean {
  return schema["type"] === "object" && isStrict(schema);
}

function isStrict(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.every(isStrict);
  if (typeof value !== "object" || value === null) return false;
  const schema = value as JsonSchema;
  if (REFUSED.some((keyword) => keyword in schema)) return false;
  if (!SAYS_WHAT.some((keyword) => keyword in schema)) return false;
  if (isObject(schema) && !isClosed(schema)) return false;
  const maps = MAPS.every((key) =>
    Object.values((schema[key] as JsonSchema | undefined) ?? {}).every(isStrict),
  );
  return maps && NESTED.every((key) => schema[key] === undefined || isStrict(schema[key]));
}

function isObject({ type, properties }: JsonSchema): boolean {
  return type === "object" || properties !== undefined || (Array.isArray(type) && type.includes("object"));
}

function isClosed(schema: JsonSchema): boolean {
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
  const names = Object.keys((schema["properties"] as JsonSchema | undefined) ?? {});
  return schema["additionalProperties"] === false && names.every((name) => required.has(name));
}
