import fc from "fast-check";
import { expect, it } from "vitest";
import { normaliseFoundedYear } from "./founded-year.js";

it.each([
  ["2015", 2015],
  ["2015.0", 2015],
  ["2015-03-01", 2015],
  ["03/2015", 2015],
  ["Mar 1, 2015", 2015],
  ["01.03.2015", 2015],
  ["1600", 1600],
  ["1599", undefined],
  ["2027", 2027],
  ["2028", undefined],
  ["2012-2015", undefined],
  ["20150301", undefined],
  ["2,015", undefined],
  ["long ago", undefined],
])("reads %j as %s", (text, year) => {
  expect(normaliseFoundedYear(text, 2026)).toBe(year);
});

it("never gives a year out of bounds", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer({ min: 0, max: 99_999 }).map(String)), (text) => {
      const year = normaliseFoundedYear(text, 2026);
      expect(year === undefined || (year >= 1600 && year <= 2027)).toBe(true);
    }),
  );
});
