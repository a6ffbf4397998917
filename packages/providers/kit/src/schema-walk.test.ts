import type { JsonSchema } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { mapSchema } from "./schema-walk.js";

const leaf = (id: string): JsonSchema => ({ id });

describe("mapSchema", () => {
  it("visits every schema inside a schema, the innermost first", () => {
    const seen: string[] = [];
    mapSchema(
      {
        id: "root",
        properties: { items: { id: "a", items: leaf("b") }, enum: leaf("c") },
        $defs: { d: leaf("d") },
        prefixItems: [leaf("e")],
        anyOf: [leaf("f"), { id: "g", not: leaf("h") }],
        additionalProperties: leaf("i"),
      },
      (schema) => {
        seen.push(String(schema["id"]));
        return schema;
      },
    );
    expect(seen).toEqual(["b", "a", "c", "d", "e", "f", "h", "g", "i", "root"]);
  });

  it("leaves values alone that only look like schemas, and its input as it was", () => {
    const schema: JsonSchema = {
      default: { properties: { a: leaf("x") } },
      enum: [{ items: leaf("y") }],
      additionalProperties: false,
    };
    const before = structuredClone(schema);
    const mapped = mapSchema(schema, (node) => ({ ...node, touched: true }));
    expect(mapped).toEqual({ ...before, touched: true });
    expect(schema).toEqual(before);
  });
});
