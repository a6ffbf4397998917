import { describe, expect, it } from "vitest";
import { countryName, countryVocabulary, resolveCountries } from "./countries.js";

describe("resolveCountries", () => {
  it.each([
    ["de", "DE"],
    ["Germany", "DE"],
    ["USA", "US"],
    ["uk", "GB"],
    ["Czech Republic", "CZ"],
    ["Czechia", "CZ"],
    ["CÔTE D’IVOIRE", "CI"],
    ["Turkiye", "TR"],
  ])("reads %s as %s", (value, code) => {
    expect(resolveCountries(value)).toEqual({ codes: [code] });
  });

  it("spreads groups, whatever their case", () => {
    expect(resolveCountries("dach")).toEqual({ codes: ["DE", "AT", "CH"], group: "DACH" });
    expect(resolveCountries("EU")?.codes).toHaveLength(27);
    expect(resolveCountries("Nordics")?.codes).toContain("SE");
  });

  it("does not guess", () => {
    expect(resolveCountries("Atlantis")).toBeUndefined();
    expect(resolveCountries("")).toBeUndefined();
  });

  it("has a name for every member of every group", () => {
    for (const name of countryVocabulary()) {
      for (const code of resolveCountries(name)?.codes ?? ["none"]) {
        expect(countryName(code)).not.toBe(code);
      }
    }
  });
});
