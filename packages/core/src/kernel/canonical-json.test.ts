import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.js";

/** The same value with the keys of its objects put in another order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  const reversed = Object.entries(value).reverse();
  return Object.fromEntries(reversed.map(([key, item]) => [key, turned(item)]));
}

describe("canonicalJson", () => {
  it("is JSON of the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value) ?? "";
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("does not see the order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it("tells different values apart", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const same = JSON.stringify(turned(turned(left))) === JSON.stringify(turned(turned(right)));
        if (same) expect(canonicalJson(left)).toBe(canonicalJson(right));
        else if (canonicalJson(left) === canonicalJson(right)) {
          expect(JSON.parse(JSON.stringify(left))).toEqual(JSON.parse(JSON.stringify(right)));
        }
      }),
    );
  });

  it.each<[unknown, string | undefined]>([
    [{ b: 1, a: [{ d: 1, c: 2 }] }, '{"a":[{"c":2,"d":1}],"b":1}'],
    [{ 10: 1, 9: 2, "€": 3, A: 4, a: 5 }, '{"10":1,"9":2,"A":4,"a":5,"€":3}'],
    [{ a: undefined, b: () => 1, c: Symbol("c") }, "{}"],
    [[undefined, Number.NaN, -0, Number.POSITIVE_INFINITY], "[null,null,0,null]"],
    [{ at: new Date(0), many: new Map([[1, 2]]) }, '{"at":"1970-01-01T00:00:00.000Z","many":{}}'],
    [[Object(1), Object("a"), Object(true)], '[1,"a",true]'],
    [JSON.parse('{"__proto__":{"b":1,"a":2}}'), '{"__proto__":{"a":2,"b":1}}'],
    ["\ud800\0\u2028", '"\\ud800\\u0000\u2028"'],
    [new Array(2), "[null,null]"],
    [undefined, undefined],
    [() => 1, undefined],
  ])("writes %o as JSON.stringify would, with its keys in order", (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it("takes a value that stands in two places, and refuses one that holds itself, and a bigint", () => {
    const shared = { a: 1 };
    expect(canonicalJson([shared, shared])).toBe('[{"a":1},{"a":1}]');
    const own: unknown[] = [];
    own.push({ own });
    expect(() => canonicalJson(own)).toThrow(TypeError);
    expect(() => canonicalJson({ n: 1n })).toThrow(TypeError);
  });
});
