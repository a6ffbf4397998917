import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { currencyDigits, toMajorText, toMinorUnits } from "./currency.js";
import { dayOf, type PropertyType, phoneOf, readProperty, writeProperty } from "./property-values.js";

describe("amounts", () => {
  it.each([
    ["1234.5", "USD", 123_450],
    ["1234.505", "USD", 123_451],
    ["-0.5", "EUR", -50],
    ["0", "EUR", 0],
    ["1500", "JPY", 1500],
    ["1500.4", "JPY", 1500],
    ["1.2345", "KWD", 1235],
    ["9007199254740993", "USD", undefined],
    ["1e3", "USD", undefined],
    ["", "USD", undefined],
  ])("reads %s %s", (text, currency, minor) => {
    expect(toMinorUnits(text, currency)).toBe(minor);
  });

  it("come back as they were sent, in every currency", () => {
    const amount = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
    fc.assert(
      fc.property(amount, fc.constantFrom("USD", "JPY", "KWD", "CLF", "XYZ"), (minor, currency) => {
        expect(toMinorUnits(toMajorText(minor, currency), currency)).toBe(minor);
      }),
    );
  });

  it("know the currencies without hundredths", () => {
    expect(["USD", "jpy", "KWD", "CLF"].map(currencyDigits)).toEqual([2, 0, 3, 4]);
  });
});

describe("values of properties", () => {
  it.each<[PropertyType, unknown, string | undefined]>([
    ["text", "a", "a"],
    ["text", 1, undefined],
    ["number", 1.5, "1.5"],
    ["number", Number.NaN, undefined],
    ["number", "1", undefined],
    ["boolean", false, "false"],
    ["boolean", "false", undefined],
    ["date", "2028-02-29", "2028-02-29"],
    ["date", "2027-02-29", undefined],
    ["date", "2027-02-28T10:00:00Z", undefined],
    ["instant", "2027-02-28T10:00:00+02:00", "2027-02-28T08:00:00.000Z"],
    ["instant", "soon", undefined],
    ["list", ["a", "b"], "a;b"],
    ["list", ["a;b"], undefined],
    ["list", "a", undefined],
    ["choice", null, ""],
  ])("writes %s %j", (type, value, text) => {
    expect(writeProperty(type, value as never)).toBe(text);
  });

  it.each<[PropertyType, string | null, unknown]>([
    ["number", "12", 12],
    ["number", "twelve", undefined],
    ["boolean", "true", true],
    ["boolean", "yes", undefined],
    ["date", "2026-11-01", "2026-11-01"],
    ["date", "1793491200000", "2026-11-01"],
    ["instant", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00.000Z"],
    ["list", "a;b", ["a", "b"]],
    ["text", "", undefined],
    ["text", null, undefined],
  ])("reads %s %j", (type, text, value) => {
    expect(readProperty(type, text)).toEqual(value);
  });

  it.each([
    ["2026-12-31T23:59:59-11:00", "2026-12-31"],
    ["1793491200000", "2026-11-01"],
    ["next week", undefined],
    ["2026-13-01", undefined],
  ])("reads the day of %s", (text, day) => {
    expect(dayOf(text)).toBe(day);
  });

  it.each([
    ["+49 (30) 123-456", "+4930123456"],
    ["0049 30 123456", "+4930123456"],
    ["030 123456", "030 123456"],
    [" ext. 5 ", "ext. 5"],
  ])("reads the number %s", (text, phone) => {
    expect(phoneOf(text)).toBe(phone);
  });
});
