import fc from "fast-check";
import { expect, it } from "vitest";
import { normaliseEmployees } from "./employees.js";

it.each([
  ["9", { min: 9, max: 9 }],
  ["51-200", { min: 51, max: 200 }],
  ["11–50", { min: 11, max: 50 }],
  ["11 – 50 employees", { min: 11, max: 50 }],
  ["1,001-5,000", { min: 1001, max: 5000 }],
  ["10,001+", { min: 10_001 }],
  ["1k-5k", { min: 1000, max: 5000 }],
  ["1K to 5K", { min: 1000, max: 5000 }],
  ["~200", { min: 200, max: 200 }],
  ["about 200 people", { min: 200, max: 200 }],
  ["200 Mitarbeiter", { min: 200, max: 200 }],
  [">500", { min: 500 }],
  ["500 or more", { min: 500 }],
  ["<50", { min: 1, max: 50 }],
  ["c_00051", undefined],
  ["200-51", { min: 51, max: 200 }],
  ["Self-employed", { min: 1, max: 1 }],
  ["0", { min: 0, max: 0 }],
  ["12.5", undefined],
  ["many", undefined],
  ["99999999999", undefined],
])("reads %j as %j", (text, range) => {
  expect(normaliseEmployees(text)).toEqual(range);
});

it("reads any range as it is written", () => {
  const count = fc.integer({ min: 0, max: 1_000_000 });
  fc.assert(
    fc.property(count, count, (one, two) => {
      const range = { min: Math.min(one, two), max: Math.max(one, two) };
      expect(normaliseEmployees(`${one}-${two}`)).toEqual(range);
      expect(
        normaliseEmployees(`${one.toLocaleString("en")} – ${two.toLocaleString("en")} employees`),
      ).toEqual(range);
    }),
  );
});
