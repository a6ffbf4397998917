import fc from "fast-check";
import { expect, it } from "vitest";
import { companyNameKey } from "./company-name.js";

it.each([
  ["Figma, Inc.", "figma"],
  ["Müller & Söhne GmbH & Co. KG", "muller sohne"],
  ["MULLER SOHNE", "muller sohne"],
  ["Acme S.A.", "acme"],
  ["Acme S.à r.l.", "acme"],
  ["Acme Pty Ltd", "acme"],
  ["Acme L.L.C.", "acme"],
  ["Limited", "limited"],
  ["Co-op", "co op"],
  ["任天堂株式会社", "任天堂株式会社"],
  ["!!!", "!!!"],
  ["S.A.", "s a"],
])("keys %j as %j", (name, key) => {
  expect(companyNameKey(name)).toBe(key);
});

it("is not moved by case, outer space or a legal form behind", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{3,12}( [a-z]{4,12})?$/), (name) => {
      expect(companyNameKey(`  ${name.toUpperCase()}, Inc. `)).toBe(companyNameKey(name));
    }),
  );
});

it("never leaves a name without a key", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }).filter((name) => name.trim() !== ""),
      (name) => {
        expect(companyNameKey(name)).not.toBe("");
      },
    ),
  );
});
