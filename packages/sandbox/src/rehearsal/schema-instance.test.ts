import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { schemaInstance } from "./schema-instance.js";

const leaf = fc.oneof(
  fc.constant(z.string()),
  fc.constant(z.boolean()),
  fc.constant(z.null()),
  fc.constantFrom(z.email(), z.url(), z.uuid(), z.iso.date(), z.iso.datetime()),
  fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 90 })).map(([low, span]) =>
    z
      .int()
      .min(low)
      .max(low + span),
  ),
  fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 9 })).map(([low, span]) =>
    z
      .number()
      .gt(low)
      .lt(low + span),
  ),
  fc.integer({ min: 0, max: 40 }).map((length) =>
    z
      .string()
      .min(length)
      .max(length + 3),
  ),
  fc.constantFrom(z.enum(["hot", "warm", "cold"]), z.literal("only"), z.literal([1, 2, 3])),
);
const schemas: fc.Arbitrary<z.ZodType> = fc.letrec<{ any: z.ZodType }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc
      .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie("any"), { maxKeys: 4 })
      .map((shape) => z.object(shape)),
    fc.tuple(tie("any"), fc.nat(3)).map(([item, least]) =>
      z
        .array(item)
        .min(least)
        .max(least + 2),
    ),
    tie("any").map((schema) => schema.nullable()),
    tie("any").map((schema) => z.union([z.object({ kind: z.literal("none") }), schema])),
    fc.tuple(tie("any"), tie("any")).map(([first, second]) => z.tuple([first, second])),
  ),
})).any;

const toJsonSchema = (schema: z.ZodType) => JSON.parse(JSON.stringify(z.toJSONSchema(schema)));

describe("schemaInstance", () => {
  it("makes a value that any schema of this kind accepts", () => {
    fc.assert(
      fc.property(schemas, fc.string(), (schema, seed) => {
        expect(schema.safeParse(schemaInstance(toJsonSchema(schema), seed))).toMatchObject({ success: true });
      }),
      { numRuns: 300 },
    );
  });

  it("gives equal values for equal seeds, and says in free text that it is simulated", () => {
    const schema = toJsonSchema(z.object({ reason: z.string(), score: z.int().min(0).max(100) }));

    expect(schemaInstance(schema, "a")).toEqual(schemaInstance(schema, "a"));
    expect(schemaInstance(schema, "a")).toMatchObject({ reason: "simulated: reason" });
    const scores = new Set(["a", "b", "c", "d"].map((seed) => JSON.stringify(schemaInstance(schema, seed))));
    expect(scores.size).toBeGreaterThan(1);
  });

  it("ends a schema that refers to itself", () => {
    const tree = {
      $ref: "#/$defs/node",
      $defs: {
        node: {
          type: "object",
          required: ["name", "parent"],
          properties: {
            name: { type: "string" },
            parent: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] },
            children: { type: "array", items: { $ref: "#/$defs/node" } },
          },
        },
      },
    };

    expect(JSON.stringify(schemaInstance(tree, "a"))).toContain('"parent":null');
  });

  it("fills a tuple that tells no length", () => {
    const schema = { type: "array", prefixItems: [{ const: 1 }, { const: "b" }] };

    expect(schemaInstance(schema, "a")).toEqual([1, "b"]);
  });

  it("folds allOf and reads Gemini's upper-case types", () => {
    const schema = {
      allOf: [
        { type: "OBJECT", properties: { a: { type: "INTEGER", minimum: 3, maximum: 3 } }, required: ["a"] },
        { properties: { b: { type: ["null", "string"] } }, required: ["b"] },
      ],
    };

    expect(schemaInstance(schema, "a")).toEqual({ a: 3, b: "simulated: b" });
  });
});
