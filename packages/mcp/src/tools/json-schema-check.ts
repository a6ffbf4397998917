import type { JsonSchema, StandardSchema } from "@salesagent/ports";
import { isObject } from "./is-object.js";

const MOST_ISSUES = 10;
/** A schema that refers to itself, or has choices within choices, must not take for ever. */
const MOST_STEPS = 100_000;
const MOST_DEPTH = 100;

interface Walk {
  readonly root: JsonSchema;
  readonly issues: { readonly path: (string | number)[]; readonly message: string }[];
  steps: number;
  /** References within references. */
  references: number;
}

type Path = readonly (string | number)[];

/**
 * A Standard Schema from a JSON Schema that somebody else wrote. What is checked: types, required and further properties, items,
 * `enum`, `const`, limits, `anyOf`, `oneOf`, `allOf`, and references within the schema. Patterns and formats are left to whoever
 * wrote them: a pattern is a program of theirs.
 */
export function schemaOf(schema: JsonSchema): StandardSchema {
  return {
    "~standard": {
      version: 1,
      vendor: "salesagent-mcp",
      validate(value) {
        const walk: Walk = { root: schema, issues: [], steps: 0, references: 0 };
        check(walk, schema, value, []);
        return walk.issues.length === 0 ? { value } : { issues: walk.issues };
      },
      jsonSchema: { input: () => schema, output: () => schema },
    },
  };
}

function check(walk: Walk, schema: unknown, value: unknown, path: Path): void {
  if (++walk.steps > MOST_STEPS || path.length > MOST_DEPTH || walk.references > MOST_DEPTH) {
    fail(walk, path, "is too deep to be checked");
    return;
  }
  if (schema === false) fail(walk, path, "is not allowed");
  if (!isObject(schema) || walk.issues.length >= MOST_ISSUES) return;
  if (typeof schema["$ref"] === "string") checkReference(walk, schema["$ref"], value, path);
  if (!checkType(walk, schema["type"], value, path)) return;
  checkValue(walk, schema, value, path);
  if (typeof value === "string") checkLength(walk, schema, "Length", value.length, path);
  if (typeof value === "number") checkAmount(walk, schema, value, path);
  if (Array.isArray(value)) checkItems(walk, schema, value, path);
  else if (isObject(value)) checkProperties(walk, schema, value, path);
  checkChoices(walk, schema, value, path);
}

function fail({ issues }: Walk, path: Path, message: string): void {
  if (issues.length < MOST_ISSUES) issues.push({ path: [...path], message });
}

function checkReference(walk: Walk, reference: string, value: unknown, path: Path): void {
  let target: unknown = walk.root;
  for (const part of reference.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    target = isObject(target) && Object.hasOwn(target, key) ? target[key] : undefined;
  }
  walk.references++;
  check(walk, target, value, path);
  walk.references--;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
  array: Array.isArray,
  object: isObject,
};

function checkType(walk: Walk, type: unknown, value: unknown, path: Path): boolean {
  const types = (Array.isArray(type) ? type : [type]).filter(
    (name): name is string => typeof name === "string",
  );
  const fits =
    types.length === 0 || types.some((name) => !Object.hasOwn(TYPES, name) || TYPES[name]?.(value));
  if (!fits) fail(walk, path, `must be ${types.join(" or ")}`);
  return fits;
}

function checkValue(walk: Walk, schema: Readonly<Record<string, unknown>>, value: unknown, path: Path): void {
  const text = JSON.stringify(value);
  const { enum: choices, const: only } = schema;
  if (Array.isArray(choices) && !choices.some((choice) => JSON.stringify(choice) === text)) {
    fail(walk, path, `must be one of ${JSON.stringify(choices).slice(0, 300)}`);
  }
  if (only !== undefined && JSON.stringify(only) !== text)
    fail(walk, path, `must be ${JSON.stringify(only).slice(0, 300)}`);
}

function checkLength(
  walk: Walk,
  schema: Readonly<Record<string, unknown>>,
  what: "Length" | "Items" | "Properties",
  size: number,
  path: Path,
): void {
  const [least, most] = [schema[`min${what}`], schema[`max${what}`]];
  if (typeof least === "number" && size < least) fail(walk, path, `must have at least ${least}, has ${size}`);
  if (typeof most === "number" && size > most) fail(walk, path, `must have at most ${most}, has ${size}`);
}

function checkAmount(walk: Walk, schema: Readonly<Record<string, unknown>>, value: number, path: Path): void {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  if (typeof minimum === "number" && value < minimum) fail(walk, path, `must be ≥ ${minimum}`);
  if (typeof maximum === "number" && value > maximum) fail(walk, path, `must be ≤ ${maximum}`);
  if (typeof above === "number" && value <= above) fail(walk, path, `must be > ${above}`);
  if (typeof below === "number" && value >= below) fail(walk, path, `must be < ${below}`);
}

function checkItems(
  walk: Walk,
  schema: Readonly<Record<string, unknown>>,
  value: readonly unknown[],
  path: Path,
): void {
  checkLength(walk, schema, "Items", value.length, path);
  const first: readonly unknown[] = Array.isArray(schema["prefixItems"]) ? schema["prefixItems"] : [];
  for (const [index, item] of value.entries()) {
    if (walk.issues.length >= MOST_ISSUES) return;
    check(walk, index < first.length ? first[index] : schema["items"], item, [...path, index]);
  }
}

function checkProperties(
  walk: Walk,
  schema: Readonly<Record<string, unknown>>,
  value: Readonly<Record<string, unknown>>,
  path: Path,
): void {
  checkLength(walk, schema, "Properties", Object.keys(value).length, path);
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  for (const name of required) {
    if (typeof name === "string" && !Object.hasOwn(value, name)) fail(walk, [...path, name], "is missing");
  }
  // Names that fit a pattern are known only to whoever wrote it.
  const further = schema["patternProperties"] === undefined ? schema["additionalProperties"] : undefined;
  for (const [name, item] of Object.entries(value)) {
    if (walk.issues.length >= MOST_ISSUES) return;
    check(walk, Object.hasOwn(properties, name) ? properties[name] : further, item, [...path, name]);
  }
}

function checkChoices(
  walk: Walk,
  schema: Readonly<Record<string, unknown>>,
  value: unknown,
  path: Path,
): void {
  const listed = (name: string): readonly unknown[] =>
    Array.isArray(schema[name]) ? (schema[name] as []) : [];
  for (const part of listed("allOf")) check(walk, part, value, path);
  const fits = (choice: unknown): boolean => {
    const inner: Walk = { root: walk.root, issues: [], steps: walk.steps, references: walk.references };
    check(inner, choice, value, path);
    walk.steps = inner.steps;
    return inner.issues.length === 0;
  };
  const any = listed("anyOf");
  if (any.length > 0 && !any.some(fits)) fail(walk, path, "fits none of the forms that are allowed");
  const one = listed("oneOf");
  if (one.length > 0 && one.filter(fits).length !== 1)
    fail(walk, path, "must fit exactly one of the forms that are allowed");
}
