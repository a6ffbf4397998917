import fc from "fast-check";
import { expect, it } from "vitest";
import { countryCodes, normaliseCountry } from "./country.js";
import { COUNTRY_CODES } from "./country-codes.js";

it.each([
  ["USA", "US"],
  ["U.S.A.", "US"],
  ["u.s.", "US"],
  ["United States of America", "US"],
  ["UK", "GB"],
  ["England", "GB"],
  ["Deutschland", "DE"],
  ["ALLEMAGNE", "DE"],
  ["España", "ES"],
  ["Brasil", "BR"],
  ["中国", "CN"],
  ["日本", "JP"],
  ["South Korea", "KR"],
  ["Korea, Republic of", "KR"],
  ["Ivory Coast", "CI"],
  ["Côte d'Ivoire", "CI"],
  ["Democratic Republic of the Congo", "CD"],
  ["Congo", "CG"],
  ["Czech Republic", "CZ"],
  ["Türkiye", "TR"],
  ["Turkey", "TR"],
  ["Hong Kong", "HK"],
  ["Vietnam", "VN"],
  ["Georgia", "GE"],
  ["CA", "CA"],
  ["NA", "NA"],
  ["deu", "DE"],
  ["Kosovo", "XK"],
  ["Remote", undefined],
  ["Europe", undefined],
  ["", undefined],
])("reads %j as %s", (text, code) => {
  expect(normaliseCountry(text)).toBe(code);
});

it("knows all 249 countries of ISO 3166-1, and Kosovo", () => {
  expect(new Set(countryCodes()).size).toBe(250);
  expect(new Set(COUNTRY_CODES.split(" ")).size).toBe(500);
});

it("knows each country by its codes and its English name", () => {
  const names = new Intl.DisplayNames("en", { type: "region" });
  const codes = COUNTRY_CODES.split(" ");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: codes.length / 2 - 1 }), (index) => {
      const [alpha2 = "", alpha3 = ""] = codes.slice(2 * index, 2 * index + 2);
      expect(normaliseCountry(alpha2.toLowerCase())).toBe(alpha2);
      expect(normaliseCountry(alpha3)).toBe(alpha2);
      expect(normaliseCountry(names.of(alpha2) ?? "")).toBe(alpha2);
    }),
    { numRuns: 500 },
  );
});
