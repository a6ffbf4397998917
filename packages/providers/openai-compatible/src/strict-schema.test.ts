import type { JsonSchema } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { isStrictSchema } from "./strict-schema.js";

const closed = (properties: Record<string, JsonSchema>, rest: JsonSchema = {}): JsonSchema => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...rest,
});

describe("isStrictSchema", () => {
  it.each<[string, JsonSchema]>([
    ["a closed object", closed({ a: { type: "string", minLength: 1 }, b: { type: ["number", "null"] } })],
    ["nesting", closed({ a: { type: "array", items: closed({ b: { enum: ["x"] } }) } })],
    [
      "unions and references",
      closed({ a: { anyOf: [{ $ref: "#/$defs/x" }, { type: "null" }] } }, { $defs: { x: closed({}) } }),
    ],
  ])("is true for %s", (_, schema) => {
    expect(isStrictSchema(schema)).toBe(true);
  });

  it.each<[string, JsonSchema]>([
    ["an open object", { type: "object", properties: {}, required: [] }],
    ["an optional property", closed({ a: { type: "string" } }, { required: [] })],
    ["a record", { type: "object", additionalProperties: { type: "string" } }],
    [
      "an open object deep inside",
      closed({ a: { type: "array", items: { type: "object", properties: {} } } }),
    ],
    ["an open object that may be null", closed({ a: { type: ["object", "null"], properties: {} } })],
    ["an open definition", closed({ a: { $ref: "#/$defs/x" } }, { $defs: { x: { type: "object" } } })],
    ["an intersection", closed({ a: { allOf: [closed({})] } })],
    ["a default", closed({ a: { type: "string", default: "x" } })],
    ["a value of any kind", closed({ a: {} })],
    ["a boolean schema", closed({ a: { type: "array", items: true } })],
    ["a root that is no object", { type: "array", items: { type: "string" } }],
  ])("is false for %s", (_, schema) => {
    expect(isStrictSchema(schema)).toBe(false);
  });
});
