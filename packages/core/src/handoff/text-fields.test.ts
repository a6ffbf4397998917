import { describe, expect, it } from "vitest";
import { toJsonSchema, validate } from "../model/validate.js";
import { textFields } from "./text-fields.js";

const schema = textFields({
  next: { description: "Who.", oneOf: ["a", "b"] },
  text: { description: "What." },
});

describe("textFields", () => {
  it("takes an object of texts, and leaves out what it does not know", async () => {
    expect(await validate(schema, { next: "a", text: "", more: 1 })).toEqual({
      value: { next: "a", text: "" },
    });
  });

  it.each([
    [{ next: "c", text: "x" }, [{ path: "next", message: "must be one of a, b" }]],
    [{ next: "a", text: 1 }, [{ path: "text", message: "must be a text" }]],
    [Object.create({ next: "a", text: "x" }), [{ path: "next" }, { path: "text" }]],
    [null, [{ path: "next" }, { path: "text" }]],
    ["next", [{ path: "next" }, { path: "text" }]],
  ])("refuses %j", async (value, issues) => {
    expect(await validate(schema, value)).toMatchObject({ issues });
  });

  it("prints a strict JSON Schema", () => {
    expect(toJsonSchema(schema, "input", "x")).toEqual({
      type: "object",
      properties: {
        next: { type: "string", description: "Who.", enum: ["a", "b"] },
        text: { type: "string", description: "What." },
      },
      required: ["next", "text"],
      additionalProperties: false,
    });
  });
});
