import type { JsonSchema } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { schemaOf } from "./json-schema-check.js";

function pathsOf(schema: JsonSchema, value: unknown): readonly string[] {
  const checked = schemaOf(schema)["~standard"].validate(value);
  if (checked instanceof Promise) throw new Error("is not to wait");
  return (checked.issues ?? []).map(({ path = [], message }) => `${path.join(".")}: ${message}`);
}

const cases: readonly (readonly [
  name: string,
  schema: JsonSchema,
  fits: unknown,
  fails: unknown,
  says: RegExp,
])[] = [
  ["a type", { type: "string" }, "a", 1, /must be string/],
  ["one of types", { type: ["string", "null"] }, null, 1, /string or null/],
  ["a whole number", { type: "integer" }, 2, 2.5, /integer/],
  ["a required property", { type: "object", required: ["a"] }, { a: 1 }, {}, /^a: is missing/],
  ["a property", { properties: { a: { type: "string" } } }, { a: "" }, { a: 1 }, /^a: must be string/],
  [
    "no further properties",
    { properties: { a: true }, additionalProperties: false },
    { a: 1 },
    { b: 1 },
    /^b: is not/,
  ],
  [
    "further properties",
    { additionalProperties: { type: "number" } },
    { b: 1 },
    { b: "" },
    /^b: must be number/,
  ],
  ["items", { items: { type: "number" } }, [1], [1, "2"], /^1: must be number/],
  ["first items", { prefixItems: [{ const: 1 }], items: false }, [1], [1, 2], /^1: is not allowed/],
  ["a choice", { enum: ["a", { b: 1 }] }, { b: 1 }, "c", /must be one of/],
  ["lengths", { minLength: 2, maxLength: 3 }, "ab", "a", /at least 2/],
  ["amounts", { minimum: 1, exclusiveMaximum: 5 }, 1, 5, /< 5/],
  ["any form", { anyOf: [{ type: "string" }, { type: "null" }] }, null, 1, /none of the forms/],
  ["one form", { oneOf: [{ type: "number" }, { type: "integer" }] }, 1.5, 1, /exactly one/],
  [
    "all forms",
    { allOf: [{ required: ["a"] }, { required: ["b"] }] },
    { a: 1, b: 1 },
    { a: 1 },
    /^b: is missing/,
  ],
  [
    "a reference",
    { $defs: { name: { type: "string" } }, properties: { a: { $ref: "#/$defs/name" } } },
    { a: "x" },
    { a: 1 },
    /^a: must be string/,
  ],
];

describe("what a JSON Schema of others checks", () => {
  it.each(cases)("%s", (_name, schema, fits, fails, says) => {
    expect(pathsOf(schema, fits)).toEqual([]);
    expect(pathsOf(schema, fails)[0]).toMatch(says);
  });

  it("leaves patterns to whoever wrote them", () => {
    const slow = `${"a".repeat(50_000)}!`;
    expect(pathsOf({ type: "string", pattern: "^(a+)+$" }, slow)).toEqual([]);
  });

  it.each<[string, JsonSchema]>([
    ["refers to itself", { $ref: "#" }],
    ["doubles at each step", { allOf: [{ $ref: "#" }, { $ref: "#" }] }],
    ["has choices of choices", { anyOf: [{ anyOf: [{ $ref: "#" }, { $ref: "#" }] }, { $ref: "#" }] }],
  ])("comes to an end where a schema %s", (_name, schema) => {
    expect(pathsOf(schema, { a: 1 }).length).toBeGreaterThan(0);
  });
});
