import type { IssueFact, JsonObject, JsonSchema, JsonValue, StandardSchema } from "@salesagent/ports";
import { canonicalJson } from "../kernel/canonical-json.js";

/** Deeper documents are refused. */
const DEEPEST_LEVEL = 100;

/** Keywords that say nothing about a value. */
const NOTES = new Set(["$schema", "$id", "$defs", "title", "description", "default", "examples", "format"]);
const LIMITS = [
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "minItems",
  "maxItems",
  "minProperties",
] as const;
type Limit = (typeof LIMITS)[number];
const RULES: ReadonlySet<string> = new Set([
  ...["type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf"],
  ...LIMITS,
]);
const TYPES: ReadonlySet<unknown> = new Set([
  ...["object", "array", "string", "number", "integer", "boolean", "null"],
]);

/**
 * What of a schema is beyond us. A schema that comes with a definition is data of somebody else's, so it has no `pattern`, which
 * could keep a process busy for years, and no `$ref`.
 */
export function schemaIssues(schema: JsonValue, path: string, depth = 0): readonly IssueFact[] {
  if (typeof schema === "boolean") return [];
  if (!isObject(schema)) return [{ path, message: "a schema is an object" }];
  if (depth > DEEPEST_LEVEL) return [{ path, message: "nested too deep" }];
  const issues: IssueFact[] = [];
  const within = (inner: JsonValue | undefined, place: string) => {
    if (inner !== undefined) issues.push(...schemaIssues(inner, `${path}.${place}`, depth + 1));
  };
  for (const name of Object.keys(schema)) {
    if (NOTES.has(name) || RULES.has(name)) continue;
    issues.push({ path: `${path}.${name}`, message: "the keyword is not known here" });
  }
  const { type, properties, required, anyOf } = schema as Readonly<Record<string, JsonValue>>;
  const types: readonly unknown[] = Array.isArray(type) ? type : type === undefined ? [] : [type];
  if (!types.every((it) => TYPES.has(it))) issues.push({ path: `${path}.type`, message: "is no type" });
  for (const name of LIMITS) {
    const limit = schema[name];
    if (limit !== undefined && typeof limit !== "number")
      issues.push({ path: `${path}.${name}`, message: "it must be a number" });
  }
  if (schema["enum"] !== undefined && !Array.isArray(schema["enum"]))
    issues.push({ path: `${path}.enum`, message: "it must be a list" });
  if (required !== undefined && !isTexts(required))
    issues.push({ path: `${path}.required`, message: "it must be a list of names" });
  if (properties !== undefined && !isObject(properties))
    issues.push({ path: `${path}.properties`, message: "it must be an object of schemas" });
  else for (const [name, it] of Object.entries(properties ?? {})) within(it, `properties.${name}`);
  if (anyOf !== undefined && !Array.isArray(anyOf))
    issues.push({ path: `${path}.anyOf`, message: "it must be a list of schemas" });
  else for (const it of (anyOf as readonly JsonValue[] | undefined) ?? []) within(it, "anyOf");
  within(schema["items"], "items");
  within(schema["additionalProperties"], "additionalProperties");
  return issues;
}

/** A value under a schema, with where it stands. */
interface Place {
  readonly root: JsonSchema;
  readonly path: string;
  readonly depth: number;
}

/** What stands against a value. `pattern` and `$ref` to `#/$defs/…` are known too, for schemas of our own. */
export function valueIssues(root: JsonSchema, value: unknown): readonly IssueFact[] {
  return check(root, value, { root, path: "", depth: 0 });
}

/** A JSON Schema as a validator. */
export const toValidator = (schema: JsonSchema): StandardSchema<JsonObject, JsonObject> => ({
  "~standard": {
    version: 1,
    vendor: "salesagent",
    validate: (value) => {
      const issues = valueIssues(schema, value);
      if (issues.length === 0) return { value: value as JsonObject };
      return { issues: issues.map(({ path, message }) => ({ message, path: path === "" ? [] : [path] })) };
    },
  },
});

function check(schema: JsonValue, value: unknown, place: Place): readonly IssueFact[] {
  const { path, root, depth } = place;
  if (typeof schema === "boolean") return schema ? [] : [{ path, message: "it is not allowed" }];
  if (depth > DEEPEST_LEVEL) return [{ path, message: "nested too deep" }];
  const rules = schema as Readonly<Record<string, JsonValue>>;
  if (typeof rules["$ref"] === "string") {
    const name = rules["$ref"].replace("#/$defs/", "");
    const definitions = root["$defs"] as JsonObject;
    return check(definitions[name] ?? false, value, { ...place, depth: depth + 1 });
  }
  const wrong = typeIssue(rules, value);
  if (wrong !== undefined) return [{ path, message: wrong }];
  return [
    ...(Array.isArray(rules["anyOf"]) ? choiceIssues(rules["anyOf"], value, place) : []),
    ...simpleIssues(rules, value).map((message) => ({ path, message })),
    ...(Array.isArray(value) ? listIssues(rules, value, place) : []),
    ...(isObject(value) ? objectIssues(rules, value, place) : []),
  ];
}

function typeIssue(rules: JsonObject, value: unknown): string | undefined {
  const { type } = rules as { readonly type?: string | readonly string[] };
  if (type !== undefined && ![type].flat().some((it) => isOfType(value, it))) {
    return `it must be ${[type].flat().join(" or ")}`;
  }
  const { const: only, enum: some } = rules as Readonly<Record<string, JsonValue>>;
  if (only === undefined && some === undefined) return undefined;
  const text = canonicalJson(value);
  if (only !== undefined && canonicalJson(only) !== text) return `it must be ${JSON.stringify(only)}`;
  if (Array.isArray(some) && !some.some((it: JsonValue) => canonicalJson(it) === text)) {
    return `it must be one of ${some.map((it: JsonValue) => JSON.stringify(it)).join(", ")}`;
  }
  return undefined;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "integer") return Number.isInteger(value);
  return type === "number" ? Number.isFinite(value) : typeof value === type;
}

/** Of the choices that don't fit, the one that comes closest says what is wrong: a constant that differs is far away. */
function choiceIssues(choices: readonly JsonValue[], value: unknown, place: Place): readonly IssueFact[] {
  let closest: { readonly issues: readonly IssueFact[]; readonly distance: number } | undefined;
  for (const choice of choices) {
    const issues = check(choice, value, { ...place, depth: place.depth + 1 });
    if (issues.length === 0) return [];
    const far = issues.filter(({ message }) => message.startsWith('it must be "')).length;
    const distance = far * 1_000 + issues.length;
    if (!closest || distance < closest.distance) closest = { issues, distance };
  }
  if (!closest || closest.distance < 1_000) return closest?.issues ?? [];
  return [{ path: place.path, message: `it is none of what is known here (${told(choices, place)})` }];
}

/** The constants that tell the choices apart. */
function told(choices: readonly JsonValue[], { root }: Place): string {
  const definitions = (root["$defs"] ?? {}) as JsonObject;
  const names = choices.map((choice) => {
    const reference = (choice as JsonObject)["$ref"];
    const rules = typeof reference === "string" ? definitions[reference.replace("#/$defs/", "")] : choice;
    const kind = ((rules as JsonObject)["properties"] as JsonObject | undefined)?.["kind"];
    return isObject(kind) ? JSON.stringify((kind as JsonObject)["const"]) : "another form";
  });
  return [...new Set(names)].join(", ");
}

function simpleIssues(rules: JsonObject, value: unknown): readonly string[] {
  const limit = (name: Limit) => rules[name] as number | undefined;
  const issues: string[] = [];
  const least = (size: number, name: Limit, of: string) => {
    if (size < (limit(name) ?? size)) issues.push(`it must ${of} at least ${limit(name)}`);
  };
  const most = (size: number, name: Limit, of: string) => {
    if (size > (limit(name) ?? size)) issues.push(`it must ${of} at most ${limit(name)}`);
  };
  if (typeof value === "number") {
    least(value, "minimum", "be");
    most(value, "maximum", "be");
  }
  if (typeof value === "string") {
    least(value.length, "minLength", "have characters:");
    most(value.length, "maxLength", "have characters:");
    const pattern = rules["pattern"];
    if (typeof pattern === "string" && !new RegExp(pattern, "u").test(value))
      issues.push(`it must fit ${pattern}`);
  }
  if (Array.isArray(value)) {
    least(value.length, "minItems", "have items:");
    most(value.length, "maxItems", "have items:");
  }
  if (isObject(value)) least(Object.keys(value).length, "minProperties", "have fields:");
  return issues;
}

function listIssues(rules: JsonObject, list: readonly unknown[], place: Place): readonly IssueFact[] {
  const { items } = rules as { readonly items?: JsonValue };
  if (items === undefined) return [];
  return list.flatMap((item, index) =>
    check(items, item, { ...place, path: `${place.path}[${index}]`, depth: place.depth + 1 }),
  );
}

function objectIssues(rules: JsonObject, value: JsonObject, place: Place): readonly IssueFact[] {
  const { properties = {}, required = [], additionalProperties: others = true } = rules as ObjectRules;
  const at = (name: string) => (place.path === "" ? name : `${place.path}.${name}`);
  const missing = required.filter((name) => !Object.hasOwn(value, name) || value[name] === undefined);
  const issues = missing.map((name) => ({ path: at(name), message: "it is missing" }));
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (schema === undefined && others === false)
      issues.push({ path: at(name), message: "it is not known here" });
    else issues.push(...check(schema ?? others, item, { ...place, path: at(name), depth: place.depth + 1 }));
  }
  return issues;
}

interface ObjectRules {
  readonly properties?: JsonObject;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonValue;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((it) => typeof it === "string");
