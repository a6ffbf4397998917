import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callTool } from "../../testing/call-tool.js";
import { calculator } from "./calculator.js";
import { writeDecimal } from "./decimal.js";
import { evaluate } from "./evaluate.js";

const work = (expression: string) => {
  const { value, exact } = evaluate(expression);
  const { text, exact: whole } = writeDecimal(value);
  return { result: text, exact: exact && whole };
};

/** A random expression of whole numbers, beside what it comes to. */
const wholeExpressions = fc.letrec<{ tree: { text: string; value: bigint } }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.bigInt({ min: 0n, max: 10n ** 12n }).map((value) => ({ text: String(value), value })),
    fc.tuple(tie("tree"), fc.constantFrom("+", "-", "*", "%"), tie("tree")).map(([a, operator, b]) => {
      const divisor = b.value === 0n ? 1n : b.value;
      const text = `(${a.text} ${operator} ${b.value === 0n && operator === "%" ? "1" : b.text})`;
      const values = {
        "+": a.value + b.value,
        "-": a.value - b.value,
        "*": a.value * b.value,
        "%": a.value % divisor,
      };
      return { text, value: values[operator] };
    }),
    tie("tree").map(({ text, value }) => ({ text: `-${text}`, value: -value })),
    fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => ({
      text: `max(${a.text}, ${b.text})`,
      value: a.value > b.value ? a.value : b.value,
    })),
  ),
})).tree;

/** A flat chain without parentheses, which JavaScript reads by the same precedence. */
const flatExpressions = fc
  .array(fc.tuple(fc.constantFrom("+", "-", "*", "/"), fc.integer({ min: 1, max: 1_000 })), { maxLength: 12 })
  .map((links) => `7${links.map(([operator, value]) => ` ${operator} ${value}`).join("")}`);

describe("calculator", () => {
  it.each([
    ["0.1 + 0.2", "0.3", true],
    ["2 + 3 * 4", "14", true],
    ["(2 + 3) * 4", "20", true],
    ["-2 ^ 2", "-4", true],
    ["2 ^ 3 ^ 2", "512", true],
    ["2 ** -2", "0.25", true],
    ["--5", "5", true],
    ["7 % 3", "1", true],
    ["-7 % 3", "-1", true],
    ["7.5 % 2", "1.5", true],
    ["1_000_000 * 1.05", "1050000", true],
    [".5 + 1.", "1.5", true],
    ["1.5e3 + 2E-1", "1500.2", true],
    ["round(2.5)", "3", true],
    ["round(-2.5)", "-3", true],
    ["round(2.675, 2)", "2.68", true],
    ["round(1234, -2)", "1200", true],
    ["floor(-1.5)", "-2", true],
    ["ceil(-1.5)", "-1", true],
    ["trunc(-1.5)", "-1", true],
    ["abs(-3) + MAX(1, 2, 3) - min(4, 5)", "2", true],
    ["sum(1, 2, 3) / 4", "1.5", true],
    ["avg(1, 2)", "1.5", true],
    ["sqrt(144)", "12", true],
    ["pow(2, 10)", "1024", true],
    ["1/3", "0.33333333333333333333", false],
    ["-2/3", "-0.66666666666666666667", false],
    ["1/3 * 3", "1", true],
    ["(-1) ^ 1000001", "-1", true],
    ["2 ^ 200", (2n ** 200n).toString(), true],
  ])("works out %s", (expression, result, exact) => {
    expect(work(expression)).toEqual({ result, exact });
  });

  it("says that a root is rounded", () => {
    expect(work("sqrt(2)")).toEqual({ result: "1.4142135623730951", exact: false });
    expect(work("(150/100)^(1/2) - 1")).toMatchObject({
      exact: false,
      result: expect.stringMatching(/^0\.22474487139158/),
    });
  });

  it.each([
    ["", /number is missing/],
    ["1 +", /number is missing before "the end" at position 4/],
    ["1 2", /"2" does not belong here at position 3/],
    ["(1", /"\)" is missing/],
    ["1)", /does not belong/],
    ["1 & 2", /"&" is not understood at position 3/],
    ["2 x 3", /"x" does not belong/],
    ["alert(1)", /no function "alert"; there are abs/],
    ["constructor(1)", /no function "constructor"/],
    ["round(1, 2, 3)", /round takes 1 to 2 numbers, not 3/],
    ["round(1, 0.5)", /whole number of decimals/],
    ["1 / 0", /Division by zero at position 3/],
    ["1 % 0", /Division by zero/],
    ["0 ^ -1", /Division by zero/],
    ["sqrt(-1)", /sqrt takes no number below 0/],
    ["(-8) ^ (1/3)", /no real number/],
    ["9 ^ 9 ^ 9", /too large/],
    ["1.0000001 ^ 1000000000", /too large/],
    ["10 ^ 999 * 10 ^ 999", /too large/],
    ["1e99999999", /too large/],
    [`${"(".repeat(200)}1`, /nested too deep/],
    [`${"-".repeat(200)}1`, /nested too deep/],
    [`${"2^".repeat(200)}1`, /nested too deep/],
  ])("says what is wrong with %j", (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });

  it("comes to what BigInt comes to, for whole numbers", () => {
    fc.assert(
      fc.property(wholeExpressions, ({ text, value }) => {
        fc.pre(text.length < 900);
        expect(work(text)).toEqual({ result: value.toString(), exact: true });
      }),
    );
  });

  it("comes as close to doubles as they are exact", () => {
    fc.assert(
      fc.property(flatExpressions, (text) => {
        const terms = text.split(/ (?=[+-] )/).map((term) => {
          const [first = "", ...links] = term
            .replace(/^[+-] /, (sign) => (sign === "- " ? "-" : ""))
            .split(/ (?=[*/])/);
          return links.reduce((value, link) => {
            const by = Number(link.slice(2));
            return link.startsWith("*") ? value * by : value / by;
          }, Number(first));
        });
        const sum = terms.reduce((a, b) => a + b, 0);
        const scale = Math.max(1, ...terms.map(Math.abs));
        expect(Math.abs(Number(work(text).result) - sum) / scale).toBeLessThan(1e-9);
      }),
    );
  });

  it("answers or says what is wrong, whatever it is given", () => {
    const pieces = fc.constantFrom(
      "1",
      "2.5",
      "9e9",
      "+",
      "-",
      "*",
      "/",
      "%",
      "^",
      "(",
      ")",
      ",",
      "min",
      "round",
      " ",
      "x",
      "💥",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        try {
          expect(work(parts.join("")).result).toMatch(/^-?\d+(\.\d+)?$/);
        } catch (error) {
          expect(error).toMatchObject({ name: "ExpressionError" });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("tells a model what to mend", async () => {
    const outcome = await callTool(calculator(), { expression: "1 / 0" });
    expect(outcome).toMatchObject({
      failed: true,
      output: expect.stringContaining("Division by zero at position 3"),
    });
    expect(await callTool(calculator(), { expression: "19.99 * 3" })).toMatchObject({
      failed: false,
      output: { result: "59.97", exact: true },
    });
  });

  it("takes no expression of more than 1,000 characters", async () => {
    const outcome = await callTool(calculator(), { expression: "1+".repeat(600) });
    expect(outcome).toMatchObject({ failed: true, errorCode: "tool.input_invalid" });
  });
});
