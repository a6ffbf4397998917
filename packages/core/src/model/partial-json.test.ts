import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PartialJson } from "./partial-json.js";

function read(...pieces: string[]): PartialJson {
  const reader = new PartialJson();
  for (const piece of pieces) reader.push(piece);
  return reader;
}

describe("PartialJson", () => {
  it.each([
    ['{"a', {}],
    ['{"a":', {}],
    ['{"a":"hel', { a: "hel" }],
    ['{"a":12', {}],
    ['{"a":12,', { a: 12 }],
    ['{"a":tru', {}],
    ['{"a":[1,"x', { a: [1, "x"] }],
    ['{"a":{"b":[', { a: { b: [] } }],
    ['{"a":"line\\', { a: "line" }],
    ['{"a":"\\u00', { a: "" }],
    ['{"a":"\\u00e9', { a: "é" }],
    ['{"a":[]}', { a: [] }],
    ['["x', ["x"]],
    ['"half', "half"],
  ])("reads %s as far as it goes", (text, expected) => {
    expect(read(text).value()).toEqual(expected);
  });

  it("gives nothing before a value begins", () => {
    expect(read("  ").value()).toBeUndefined();
  });

  it.each(['{"a" 1}', "{]", "hello", '{"a":nope,', "[1 2]"])("sees that %s can't be JSON", (text) => {
    expect(read(text).valid).toBe(false);
  });

  it("keeps a key named __proto__ as a plain key", () => {
    const value = read('{"__proto__":{"polluted":true}}').value() as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("gives copies that later text does not change", () => {
    const reader = read('{"list":["a"');
    const early = reader.value();
    reader.push(',"b"],"more":1}');
    expect(early).toEqual({ list: ["a"] });
  });

  it("ends with the parsed document, however the text is cut", () => {
    const cut = fc.tuple(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.nat(), { maxLength: 8 }));
    fc.assert(
      fc.property(cut, ([value, cuts]) => {
        const text = ` ${JSON.stringify(value)} `;
        const positions = [0, ...cuts.map((n) => n % text.length).sort((a, b) => a - b), text.length];
        const pieces = positions.slice(1).map((end, i) => text.slice(positions[i], end));
        const reader = read(...pieces);
        expect(reader.complete).toBe(true);
        expect(reader.value()).toEqual(JSON.parse(text));
      }),
    );
  });
});
