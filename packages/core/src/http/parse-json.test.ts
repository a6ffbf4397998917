import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "./parse-json.js";

describe("parseJson", () => {
  it.each<[string, unknown]>([
    ['{"request_id":-7301444403201838592}', { request_id: "-7301444403201838592" }],
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", "9007199254740992"],
    ["[9223372036854775807,1]", ["9223372036854775807", 1]],
    ['{"9007199254740993":"9007199254740993"}', { "9007199254740993": "9007199254740993" }],
    [
      '["say \\"9007199254740993\\" \\\\",9007199254740993]',
      ['say "9007199254740993" \\', "9007199254740993"],
    ],
    ["0.12345678901234567", Number("0.12345678901234567")],
    ["1234567890123456789.5", Number("1234567890123456789.5")],
    ["12345678901234567890e2", Number("12345678901234567890e2")],
    ['"{\\"message\\":\\"too many\\"}"', { message: "too many" }],
    ['"[1]"', [1]],
    ['"{curly} words"', "{curly} words"],
    ['"plain"', "plain"],
    ["null", null],
  ])("reads %s", (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it.each(["", "{", '["a', "<html>", "[1234567890123456789,]", '{"a":12345678901234567890'])(
    "refuses %j",
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );

  it("finds a large number wherever it stands", () => {
    for (let before = 0; before < 40; before++) {
      const text = `[${" ".repeat(before)}9007199254740993 ]`;
      expect(parseJson(text)).toEqual(["9007199254740993"]);
    }
  });

  it("keeps all digits of any whole number, and everything else as JSON.parse has it", () => {
    const large = fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n });
    const fields = fc.dictionary(
      fc.string(),
      fc.oneof(fc.string(), fc.double({ noNaN: true, min: -(2 ** 52), max: 2 ** 52 }), large),
    );
    fc.assert(
      fc.property(fields, (record) => {
        const pairs = Object.entries(record).map(([name, value]) => {
          const shown = typeof value === "bigint" ? String(value) : JSON.stringify(value);
          return `${JSON.stringify(name)}:${shown}`;
        });
        const read = parseJson(`{${pairs.join(",")}}`) as Record<string, unknown>;
        for (const [name, value] of Object.entries(record)) {
          const plain = typeof value === "bigint" ? String(value) : JSON.parse(JSON.stringify(value));
          const seen = Object.getOwnPropertyDescriptor(read, name)?.value;
          expect(typeof value === "bigint" ? String(seen) : seen).toEqual(plain ?? null);
        }
      }),
    );
  });
});
