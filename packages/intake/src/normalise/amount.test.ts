import fc from "fast-check";
import { expect, it } from "vitest";
import { parseAmount } from "./amount.js";

it.each([
  ["1200", 1200],
  ["1,200", 1200],
  ["1.200", 1200],
  ["1.200.000", 1_200_000],
  ["1,200,000.50", 1_200_000.5],
  ["1.200.000,50", 1_200_000.5],
  ["1 200 000", 1_200_000],
  ["1'200'000", 1_200_000],
  ["2.5k", 2_500],
  ["1,2 Mio", 1_200_000],
  ["1.234M", 1_234_000],
  ["1.1 million", 1_100_000],
  ["3bn", 3_000_000_000],
  ["0", 0],
  ["12 apples", undefined],
  ["1,20,000", undefined],
  ["1.2.3", undefined],
  ["-5", undefined],
  ["", undefined],
  ["constructor", undefined],
])("reads %j as %s", (text, amount) => {
  expect(parseAmount(text)).toBe(amount);
});

it("reads what is grouped in the English and in the German way", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999_999 }), (count) => {
      expect(parseAmount(count.toLocaleString("en"))).toBe(count);
      expect(parseAmount(count.toLocaleString("de"))).toBe(count);
    }),
  );
});

it("gives a finite number ≥ 0 or nothing, whatever it reads", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const amount = parseAmount(text);
      expect(amount === undefined || (Number.isFinite(amount) && amount >= 0)).toBe(true);
    }),
  );
});
