import type { JsonSchema } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { toOutputSchema } from "./output-schema.js";

const object = (properties: JsonSchema): JsonSchema => ({ type: "object", properties });

describe("toOutputSchema", () => {
  it.each<[string, JsonSchema, JsonSchema]>([
    [
      "closes objects, nested ones too",
      object({ a: object({}) }),
      {
        type: "object",
        properties: { a: { type: "object", properties: {}, additionalProperties: false } },
        additionalProperties: false,
      },
    ],
    ["drops the dialect", { $schema: "x", type: "string" }, { type: "string" }],
    [
      "moves what it can't hold into the description",
      { type: "number", minimum: 0, maximum: 100, description: "Score." },
      { type: "number", description: "Score. (minimum: 0, maximum: 100)" },
    ],
    ["keeps formats that it knows", { type: "string", format: "email" }, { type: "string", format: "email" }],
    [
      "tells formats that it does not know",
      { type: "string", format: "phone" },
      { type: "string", description: '(format: "phone")' },
    ],
    [
      "keeps one item as the least",
      { type: "array", items: { type: "string" }, minItems: 1 },
      { type: "array", items: { type: "string" }, minItems: 1 },
    ],
    [
      "tells more items as the least",
      { type: "array", items: { type: "string" }, minItems: 3 },
      { type: "array", items: { type: "string" }, description: "(minItems: 3)" },
    ],
    [
      "takes oneOf as anyOf",
      { oneOf: [{ type: "string" }, { type: "null" }] },
      { anyOf: [{ type: "string" }, { type: "null" }] },
    ],
    [
      "keeps enum and const",
      { anyOf: [{ const: 1 }, { enum: ["a"] }] },
      { anyOf: [{ const: 1 }, { enum: ["a"] }] },
    ],
  ])("%s", (_, schema, adjusted) => {
    expect(toOutputSchema(schema)).toEqual(adjusted);
  });

  it.each<[string, JsonSchema]>([
    ["an open map", { type: "object", additionalProperties: { type: "number" } }],
    ["an object of any kind", { type: "object" }],
    ["a value of any kind", object({ a: {} })],
    ["recursion", object({ a: { $ref: "#" } })],
    ["patterns of names", object({ a: { type: "object", properties: {}, patternProperties: {} } })],
  ])("has no form for %s", (_, schema) => {
    expect(toOutputSchema(schema)).toBeUndefined();
  });

  it("leaves its input as it was", () => {
    const schema = object({ a: { type: "number", minimum: 1 } });
    const before = structuredClone(schema);
    toOutputSchema(schema);
    expect(schema).toEqual(before);
  });
});
