import type { JsonValue } from "@salesagent/client";
import { expect, it } from "vitest";
import { typedJson, typedValue } from "./typed-value.js";

it.each<[string, readonly JsonValue[], JsonValue]>([
  [" Ada ", ["Adah", null, "Ada"], "Ada"],
  ["42", ["Adah", "Augusta", null], "42"],
  ["42", [1, 2, null], 42],
  ["", ["Adah", "Augusta", null], null],
  ["true", [false, true, null], true],
  ['["a"]', [["b"], null, null], ["a"]],
  ['{"min":1}', [{ min: 2 }, null, null], { min: 1 }],
  ["some", [null, null, null], "some"],
])("takes %j beside %j as %j", (text, others, value) => {
  expect(typedValue(text, others)).toEqual({ value });
});

it.each<[string, readonly JsonValue[], string]>([
  ["many", [1, 2, null], "a number"],
  ["[1]", [{ min: 2 }, null, null], "an object"],
  ["yes", [true, null, null], "true or false"],
])("asks for what fits instead of %j", (text, others, wanted) => {
  expect(typedValue(text, others)).toEqual({ problem: expect.stringContaining(wanted) });
});

it("tells JSON from what is none", () => {
  expect(typedJson('{"to":null}')).toEqual({ value: { to: null } });
  expect(typedJson("{to}")).toEqual({ problem: expect.stringContaining("no JSON") });
});
