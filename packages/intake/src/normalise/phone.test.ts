import fc from "fast-check";
import { expect, it } from "vitest";
import { normalisePhone } from "./phone.js";

it.each([
  ["+1 (415) 555-0123", undefined, "+14155550123"],
  ["001 415 555 0123", undefined, "+14155550123"],
  ["+49 (0)30 123456", undefined, "+4930123456"],
  ["(415) 555-0123", "US", "+14155550123"],
  ["1-415-555-0123", "US", "+14155550123"],
  ["415.555.0123 ext. 5", "US", "+14155550123"],
  ["415-555-0123 x22", "US", "+14155550123"],
  ["030 123456", "DE", "+4930123456"],
  ["020 7946 0958", "GB", "+442079460958"],
  ["06 1234 5678", "IT", "+390612345678"],
  ["8 495 123-45-67", "RU", "+74951234567"],
  ["06 1 234 5678", "HU", "+3612345678"],
  ["tel: +33 1 23 45 67 89", undefined, "+33123456789"],
  ["030 123456", undefined, undefined],
  ["+999 123456789", undefined, undefined],
  ["+1 415 555", undefined, undefined],
  ["+1234567890123456", undefined, undefined],
  ["call me", "US", undefined],
  ["555", "US", undefined],
])("reads %j in %s as %s", (text, country, phone) => {
  expect(normalisePhone(text, country)).toBe(phone);
});

it("gives E.164 or nothing, and E.164 back as it is", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[+0-9 ().-]{1,24}$/),
      fc.constantFrom("US", "DE", "IT", undefined),
      (text, country) => {
        const phone = normalisePhone(text, country);
        if (phone === undefined) return;
        expect(phone).toMatch(/^\+[1-9]\d{7,14}$/);
        expect(normalisePhone(phone, undefined)).toBe(phone);
      },
    ),
  );
});
