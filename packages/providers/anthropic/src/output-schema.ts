import type { JsonSchema, JsonValue } from "@salesagent/ports";
import { isJsonObject, mapSchema } from "@salesagent/provider-kit";

const FORMATS = new Set("date-time time date duration email hostname uri ipv4 ipv6 uuid".split(" "));

/** Keywords that this vendor holds an answer to, besides those handled one by one. */
const HELD = new Set([
  ...["type", "properties", "required", "items", "anyOf", "allOf", "enum", "const"],
  ...["$ref", "$defs", "title", "description", "default"],
]);

/** Keywords that say nothing of the value. */
const SILENT = new Set(["$schema", "$id", "$comment", "additionalProperties"]);

/** Keywords whose meaning can't be given in words alone. */
const INEXPRESSIBLE = [
  ...["patternProperties", "propertyNames", "dependentSchemas", "unevaluatedProperties"],
  ...["not", "if", "contains", "prefixItems", "definitions"],
];

/**
 * A schema as this vendor takes it: objects closed, and every constraint that it can't hold moved into the description,
 * where the model reads it.
 *
 * @returns Nothing for a schema that has no such form: open maps, values of any kind, recursion.
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
export function toOutputSchema(schema: JsonSchema): JsonSchema | undefined {
  let expressible = true;
  const adjusted = mapSchema(schema, (node) => {
    expressible &&= isExpressible(node);
    return adjust(node);
  });
  return expressible ? adjusted : undefined;
}

function isExpressible(node: JsonSchema): boolean {
  if (INEXPRESSIBLE.some((keyword) => keyword in node) || node["$ref"] === "#") return false;
  const constrained = ["type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const"].some((key) => key in node);
  if (!constrained) return false;
  if (node["type"] !== "object") return true;
  const others = node["additionalProperties"];
  const open = isJsonObject(others) && Object.keys(others).length > 0;
  return !open && (isJsonObject(node["properties"]) || others === false);
}

function adjust(node: JsonSchema): JsonSchema {
  const kept: Record<string, JsonValue> = {};
  const told: string[] = [];
  for (const [keyword, value] of Object.entries(node)) {
    if (SILENT.has(keyword)) continue;
    if (keyword === "oneOf") kept["anyOf"] = value;
    else if (isHeld(keyword, value)) kept[keyword] = value;
    else told.push(`${keyword}: ${JSON.stringify(value)}`);
  }
  if (node["type"] === "object") kept["additionalProperties"] = false;
  if (told.length === 0) return kept;
  const words = typeof node["description"] === "string" ? `${node["description"]} ` : "";
  return { ...kept, description: `${words}(${told.join(", ")})` };
}

function isHeld(keyword: string, value: JsonValue): boolean {
  if (keyword === "format") return typeof value === "string" && FORMATS.has(value);
  if (keyword === "minItems") return value === 0 || value === 1;
  return HELD.has(keyword);
}
