import type { JsonSchema, JsonValue } from "@salesagent/ports";

/** Parts of a value that are looked at in one check, at most: schemas that refer to themselves can ask for any number. */
const MAX_VISITS = 200_000;
/** How deep a check may go, choices within choices included. */
const MAX_DEPTH = 1_000;

interface Walk {
  readonly root: JsonSchema;
  visits: number;
}

/**
 * Whether an unfinished value can still become one that fits the schema: every part that is there has the right type, and
 * every finished choice is one of those allowed. What is missing may still come, so nothing is required, and the last text
 * of an unfinished value may still grow. Keywords that judge only finished values are left to the final validation. What
 * takes too long or goes too deep to tell does not match.
 */
export function matchesPartially(value: JsonValue, schema: JsonSchema): boolean {
  return matches(value, schema, 0, { root: schema, visits: 0 });
}

function matches(value: JsonValue, schema: JsonSchema, depth: number, walk: Walk): boolean {
  if (depth > MAX_DEPTH || ++walk.visits > MAX_VISITS) return false;
  const resolved = resolveReference(schema, walk.root);
  const choices = alternatives(resolved);
  if (choices && !choices.some((choice) => matches(value, choice, depth + 1, walk))) return false;
  if (!matchesType(value, resolved["type"]) || !matchesChoice(value, resolved)) return false;
  if (Array.isArray(value)) return matchesItems(value, resolved["items"], depth, walk);
  return typeof value !== "object" || value === null || matchesProperties(value, resolved, depth, walk);
}

function resolveReference(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const reference = schema["$ref"];
  if (typeof reference !== "string" || !reference.startsWith("#")) return schema;
  let target: JsonValue | undefined = root;
  for (const step of reference.split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    target = isObject(target) && Object.hasOwn(target, key) ? target[key] : undefined;
  }
  return isObject(target) ? target : {};
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] | undefined {
  const list = schema["anyOf"] ?? schema["oneOf"];
  return Array.isArray(list) ? list.filter(isObject) : undefined;
}

function matchesType(value: JsonValue, type: JsonValue | undefined): boolean {
  if (type === undefined) return true;
  const allowed = Array.isArray(type) ? type : [type];
  return allowed.some((name) => {
    if (name === "integer") return Number.isInteger(value);
    if (name === "null") return value === null;
    if (name === "array") return Array.isArray(value);
    if (name === "object") return isObject(value);
    return typeof value === name;
  });
}

function matchesChoice(value: JsonValue, schema: JsonSchema): boolean {
  const listed = schema["enum"];
  const constant = schema["const"];
  const choices = Array.isArray(listed) ? listed : constant === undefined ? undefined : [constant];
  if (!choices || (typeof value === "object" && value !== null)) return true;
  return choices.some(
    (choice) =>
      choice === value ||
      (typeof value === "string" && typeof choice === "string" && choice.startsWith(value)),
  );
}

function matchesItems(
  items: readonly JsonValue[],
  schema: JsonValue | undefined,
  depth: number,
  walk: Walk,
): boolean {
  return !isObject(schema) || items.every((item) => matches(item, schema, depth + 1, walk));
}

function matchesProperties(value: JsonValue, schema: JsonSchema, depth: number, walk: Walk): boolean {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const closed = schema["additionalProperties"] === false;
  return Object.entries(value as JsonSchema).every(([key, child]) => {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return isObject(known) ? matches(child, known, depth + 1, walk) : !closed;
  });
}

function isObject(value: JsonValue | undefined): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
