import type { JsonValue } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WirePartialArgument } from "./gemini-wire.js";
import { PartialArguments } from "./partial-arguments.js";

/** Every leaf with its path; strings in two pieces, as the vendor sends them. */
function piecesOf(value: JsonValue, jsonPath: string): WirePartialArgument[] {
  if (value === null) return [{ jsonPath, nullValue: "NULL_VALUE" }];
  if (typeof value === "number") return [{ jsonPath, numberValue: value }];
  if (typeof value === "boolean") return [{ jsonPath, boolValue: value }];
  if (typeof value === "string") {
    return [
      { jsonPath, stringValue: value.slice(0, 2) },
      { jsonPath, stringValue: value.slice(2) },
    ];
  }
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    return items.flatMap((item, at) => piecesOf(item, `${jsonPath}[${at}]`));
  }
  return Object.entries(value).flatMap(([key, child]) => piecesOf(child, `${jsonPath}.${key}`));
}

function build(pieces: readonly WirePartialArgument[]): JsonValue {
  const built = new PartialArguments();
  for (const piece of pieces) built.push(piece);
  return built.build();
}

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { minLength: 1, maxLength: 4 }),
    fc.dictionary(name, tie("value"), { minKeys: 1, maxKeys: 4 }),
  ),
}));

describe("PartialArguments", () => {
  it("builds any arguments back from their pieces", () => {
    fc.assert(
      fc.property(fc.dictionary(name, value, { minKeys: 1, maxKeys: 4 }), (input) => {
        expect(JSON.stringify(build(piecesOf(input, "$")))).toBe(JSON.stringify(input));
      }),
    );
  });

  it("is {} without a piece", () => {
    expect(build([])).toEqual({});
  });

  it("makes no list of a billion holes, and no prototype", () => {
    expect(build([{ jsonPath: "$.a[4000000000]", numberValue: 1 }])).toEqual({ a: [1] });
    const hostile = build([{ jsonPath: "$.__proto__.polluted", boolValue: true }]);
    expect(Object.getPrototypeOf(hostile)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
