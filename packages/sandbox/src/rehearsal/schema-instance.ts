import type { JsonObject, JsonValue } from "@salesagent/ports";
import { arrayOf, isObject, objectOf, stringOf } from "../json-access.js";
import { hashOf } from "../seeded-id.js";

/**
 * A value that matches a JSON Schema, made from nothing but the schema and a seed: equal inputs give equal values.
 * Strings say that they are simulated where the schema leaves them room; numbers stay within their bounds; enums are
 * picked by hash; every property is there. Knows `$ref` into the document, `anyOf`, `oneOf`, `allOf`, `const`, `enum`,
 * formats and the common bounds. Not known: `pattern`, `not`, `if`, `dependentSchemas`, `uniqueItems` of enums.
 */
export function schemaInstance(schema: JsonObject, seed: string): JsonValue {
  return new InstanceMaker(schema, seed).make(schema, [], 0);
}

/** Deeper than this, optional properties are left out and unions take their flattest branch. */
const DEEP = 6;

class InstanceMaker {
  readonly #root: JsonObject;
  readonly #seed: string;

  constructor(root: JsonObject, seed: string) {
    this.#root = root;
    this.#seed = seed;
  }

  make(given: JsonObject, path: readonly string[], depth: number): JsonValue {
    const schema = this.#resolve(given);
    if (schema["const"] !== undefined) return schema["const"];
    const values = arrayOf(schema["enum"]);
    if (values.length > 0) return values[this.#number(path) % values.length] ?? null;
    const union = [...arrayOf(schema["anyOf"]), ...arrayOf(schema["oneOf"])].filter(isObject);
    if (union.length > 0) return this.make(this.#chooseBranch(union, depth), path, depth + 1);
    switch (typeOf(schema, depth)) {
      case "object":
        return this.#object(schema, path, depth);
      case "array":
        return this.#array(schema, path, depth);
      case "integer":
        return this.#numeric(schema, path, true);
      case "number":
        return this.#numeric(schema, path, false);
      case "boolean":
        return this.#number(path) % 2 === 0;
      case "null":
        return null;
      default:
        return this.#string(schema, path);
    }
  }

  /** Follows `$ref` and folds `allOf` into one schema. */
  #resolve(schema: JsonObject): JsonObject {
    let resolved = schema;
    for (let hops = 0; hops < 32; hops++) {
      const reference = stringOf(resolved["$ref"]);
      if (reference === undefined) break;
      const { $ref: _, ...rest } = resolved;
      resolved = { ...this.#pointedAt(reference), ...rest };
    }
    const { allOf, ...own } = resolved;
    return arrayOf(allOf)
      .filter(isObject)
      .map((part) => this.#resolve(part))
      .reduce(mergeSchemas, own);
  }

  #pointedAt(reference: string): JsonObject {
    const steps = reference.replace(/^#\/?/, "").split("/").filter(Boolean);
    let found: JsonValue | undefined = this.#root;
    for (const step of steps) {
      found = objectOf(found)[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")];
    }
    return objectOf(found);
  }

  #chooseBranch(branches: readonly JsonObject[], depth: number): JsonObject {
    const resolved = branches.map((branch) => this.#resolve(branch));
    const isFlat = (branch: JsonObject) => !["object", "array"].includes(typeOf(branch, depth));
    const solid = resolved.filter((branch) => branch["type"] !== "null");
    const chosen = depth >= DEEP ? (resolved.find(isFlat) ?? resolved[0]) : (solid[0] ?? resolved[0]);
    return chosen ?? {};
  }

  #object(schema: JsonObject, path: readonly string[], depth: number): JsonObject {
    const required = new Set(arrayOf(schema["required"]));
    const properties = Object.entries(objectOf(schema["properties"])).filter(
      ([name]) => required.has(name) || depth < DEEP,
    );
    return Object.fromEntries(
      properties.map(([name, property]) => [name, this.make(objectOf(property), [...path, name], depth + 1)]),
    );
  }

  #array(schema: JsonObject, path: readonly string[], depth: number): JsonValue {
    const prefix = arrayOf(schema["prefixItems"]);
    const least = numberOf(schema["minItems"]);
    const most = numberOf(schema["maxItems"]) ?? Number.POSITIVE_INFINITY;
    const count = Math.min(most, Math.max(prefix.length, least ?? (depth < DEEP ? 1 : 0)));
    return Array.from({ length: count }, (_, at) =>
      this.make(objectOf(prefix[at] ?? schema["items"]), [...path, String(at)], depth + 1),
    );
  }

  #numeric(schema: JsonObject, path: readonly string[], integer: boolean): number {
    const step = numberOf(schema["multipleOf"]) ?? (integer ? 1 : 0);
    const least = numberOf(schema["minimum"]) ?? aboveOf(numberOf(schema["exclusiveMinimum"]), step);
    const most = numberOf(schema["maximum"]) ?? belowOf(numberOf(schema["exclusiveMaximum"]), step);
    const low = least ?? (most === undefined ? 0 : Math.min(0, most));
    const high = most ?? Math.max(low, 0) + 100;
    const share = (this.#number(path) % 1000) / 1000;
    const value = low + (high - low) * share;
    if (step === 0) return Math.round(value * 1000) / 1000 >= low ? Math.round(value * 1000) / 1000 : low;
    const first = Math.ceil(low / step);
    const last = Math.max(first, Math.floor(high / step));
    return Math.min(last, Math.max(first, Math.round(value / step))) * step;
  }

  #string(schema: JsonObject, path: readonly string[]): string {
    const format = FORMATS[stringOf(schema["format"]) ?? ""];
    if (format !== undefined) return format;
    const least = numberOf(schema["minLength"]) ?? 0;
    const most = numberOf(schema["maxLength"]) ?? Number.POSITIVE_INFINITY;
    const text = `simulated: ${path.at(-1) ?? "text"}`;
    return [...text.padEnd(least, ".")].slice(0, most).join("");
  }

  #number(path: readonly string[]): number {
    return hashOf(`${this.#seed}/${path.join("/")}`);
  }
}

const FORMATS: { readonly [format: string]: string } = {
  "date-time": "2026-01-01T00:00:00Z",
  date: "2026-01-01",
  time: "00:00:00Z",
  duration: "P1D",
  email: "simulated@example.com",
  hostname: "simulated.example.com",
  uri: "https://example.com/simulated",
  url: "https://example.com/simulated",
  uuid: "00000000-0000-4000-8000-000000000000",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
};

/** The type to make; of several, the first that is not null. A schema without a type is guessed from its keywords. */
function typeOf(schema: JsonObject, depth: number): string {
  const types = arrayOf(schema["type"]).filter((type) => typeof type === "string");
  if (types.length > 0) {
    if (depth >= DEEP && types.includes("null")) return "null";
    return types.find((type) => type !== "null") ?? "null";
  }
  const told = stringOf(schema["type"]);
  if (told !== undefined) return told.toLowerCase(); // Gemini writes OBJECT, STRING
  if (schema["properties"] !== undefined) return "object";
  if (schema["items"] !== undefined || schema["prefixItems"] !== undefined) return "array";
  return schema["minimum"] !== undefined || schema["maximum"] !== undefined ? "number" : "string";
}

function mergeSchemas(into: JsonObject, part: JsonObject): JsonObject {
  return {
    ...into,
    ...part,
    properties: { ...objectOf(into["properties"]), ...objectOf(part["properties"]) },
    required: [...arrayOf(into["required"]), ...arrayOf(part["required"])],
  };
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function aboveOf(bound: number | undefined, step: number): number | undefined {
  return bound === undefined ? undefined : bound + (step || 0.001);
}

function belowOf(bound: number | undefined, step: number): number | undefined {
  return bound === undefined ? undefined : bound - (step || 0.001);
}
