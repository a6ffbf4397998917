import { type IssueFact, SalesAgentError } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { exampleProfile } from "./example-profile.js";
import type { Criterion, IdealCustomerProfile } from "./ideal-customer-profile.js";
import { parseProfile, parseProfileJson } from "./parse-profile.js";

const sound = { kind: "range", name: "size", field: "company.employees", min: 50, max: 500, weight: 2 };

function issuesOf(value: unknown): readonly IssueFact[] {
  try {
    parseProfile(value);
  } catch (error) {
    if (SalesAgentError.is(error, "config.invalid")) return error.facts.issues ?? [];
    throw error;
  }
  return [];
}

const withCriterion = (criterion: unknown) => issuesOf({ name: "P", criteria: [sound, criterion] });

describe("parseProfile", () => {
  it("returns a sound profile as it is", () => {
    expect(parseProfile(exampleProfile)).toEqual(exampleProfile);
    expect(parseProfile(JSON.parse(JSON.stringify(exampleProfile)))).toEqual(exampleProfile);
  });

  it.each<[string, unknown, string, string]>([
    ["an unknown key", { ...sound, name: "b", wieght: 3 }, "criteria[1].wieght", 'did you mean "weight"?'],
    ["a weight of 0", { ...sound, name: "b", weight: 0 }, "criteria[1].weight", "from 0.001 to 1000, got 0"],
    ["a weight in quotes", { ...sound, name: "b", weight: "3" }, "criteria[1].weight", 'got "3"'],
    ["an unknown kind", { ...sound, name: "b", kind: "rang" }, "criteria[1].kind", 'did you mean "range"?'],
    ["no kind", { name: "b" }, "criteria[1].kind", '"kind" is missing'],
    ["no object", 7, "criteria[1]", "must be an object, got 7"],
    [
      "a misspelt field",
      { ...sound, name: "b", field: "company.employes" },
      "criteria[1].field",
      'did you mean "company.employees"?',
    ],
    [
      "a field of the wrong kind",
      { ...sound, name: "b", field: "company.country" },
      "criteria[1].field",
      '"company.country" does not hold amounts',
    ],
    [
      "no bound",
      { kind: "range", name: "b", field: "custom.Seats" },
      "criteria[1]",
      'needs "min", "max" or both',
    ],
    ["bounds that cross", { ...sound, name: "b", min: 9, max: 3 }, "criteria[1].min", "9 > 3"],
    ["a name used before", sound, "criteria[1].name", '"size" is criteria[0] already'],
    [
      "two roles",
      { ...sound, name: "b", required: true, negative: true },
      "criteria[1].negative",
      '"required"',
    ],
    [
      "a weight that has no effect",
      { ...sound, name: "b", exclude: true },
      "criteria[1].weight",
      "leave it out",
    ],
    [
      "a falloff with a slip",
      { ...sound, name: "b", falloff: { belw: 3 } },
      "criteria[1].falloff.belw",
      'did you mean "below"?',
    ],
    [
      "no such country",
      { kind: "one-of", name: "b", field: "company.country", values: ["EU", "Germny"] },
      "criteria[1].values[1]",
      'did you mean "Germany"?',
    ],
    [
      "no such status",
      { kind: "one-of", name: "b", field: "company.status", values: ["actve"] },
      "criteria[1].values[0]",
      'did you mean "active"?',
    ],
    [
      "an empty list",
      { kind: "keywords", name: "b", fields: ["company.description"], words: [] },
      "criteria[1].words",
      "at least one",
    ],
    [
      "a word that matches all",
      { kind: "keywords", name: "b", fields: ["company.description"], words: ["a", " *"] },
      "criteria[1].words[1]",
      "would match everything",
    ],
    [
      "more matches than words",
      { kind: "technology", name: "b", uses: ["React"], match: 2 },
      "criteria[1].match",
      "2 of 1",
    ],
  ])("refuses %s, and names the place", (_, criterion, path, message) => {
    expect(withCriterion(criterion)).toEqual([{ path, message: expect.stringContaining(message) }]);
  });

  it.each<[string, object, string, string]>([
    ["an unknown key", { criterias: [] }, "criterias", 'did you mean "criteria"?'],
    ["one tier", { tiers: [{ name: "A", min: 0 }] }, "tiers", "at least two"],
    ["a tier out of place", { tiers: tiers(50, 60, 0) }, "tiers[1].min", "below 50"],
    ["scores without a tier", { tiers: tiers(60, 20) }, "tiers[1].min", "must be 0"],
    ["half a point", { tiers: tiers(60.5, 0) }, "tiers[0].min", "whole"],
    ["no such tier", { qualifyFrom: "E" }, "qualifyFrom", 'no tier "E"'],
    ["a prior in the top tier", { prior: 0.8 }, "prior", "top tier"],
    ["a prior above 1", { prior: 40 }, "prior", "from 0 to 1"],
  ])("refuses %s in the profile", (_, part, path, message) => {
    expect(issuesOf({ name: "P", criteria: [sound], ...part })).toContainEqual({
      path,
      message: expect.stringContaining(message),
    });
  });

  it("refuses a profile that can give no points", () => {
    const only = { ...sound, negative: true };
    expect(issuesOf({ name: "P", criteria: [only] })).toEqual([
      { path: "criteria", message: expect.stringContaining("none of them gives points") },
    ]);
  });

  it("tells every problem at once, the first as the option", () => {
    const run = () => parseProfile({ name: "", criteria: [{ ...sound, weight: -1, min: "few" }] });
    expect(run).toThrow(/has 3 problems: name: .*; criteria\[0\]\.weight: .*/);
    expect(run).toThrow(expect.objectContaining({ facts: expect.objectContaining({ option: "name" }) }));
  });

  it("never fails in another way, whatever it is given", () => {
    const criteria = fc.array(
      fc.oneof(
        fc.jsonValue(),
        fc.constant(sound),
        fc.record({
          kind: fc.constantFrom("range", "one-of", "keywords", "present", "technology"),
          name: fc.jsonValue(),
          field: fc.jsonValue(),
        }),
      ),
    );
    const value = fc.oneof(fc.jsonValue(), fc.record({ name: fc.string(), criteria, tiers: fc.jsonValue() }));
    fc.assert(
      fc.property(value, (input) => {
        expect(Array.isArray(issuesOf(input))).toBe(true);
      }),
    );
  });

  it("infers a criterion from its kind", () => {
    type Range = Extract<Criterion, { kind: "range" }>;
    expectTypeOf<Range["field"]>().toEqualTypeOf<
      | "company.employees"
      | "company.foundedYear"
      | "company.revenueUsd"
      | "company.fundingUsd"
      | `custom.${string}`
    >();
    expectTypeOf(parseProfile).returns.toEqualTypeOf<IdealCustomerProfile>();
  });
});

describe("parseProfileJson", () => {
  it("reads JSON with a byte-order mark", () => {
    expect(parseProfileJson(`\uFEFF${JSON.stringify(exampleProfile)}`).name).toBe(exampleProfile.name);
  });

  it("says what is wrong with text that is no JSON", () => {
    expect(() => parseProfileJson("{ name: 1 }")).toThrow(/customer profile is not JSON: /);
    expect(() => parseProfileJson("")).toThrow(expect.objectContaining({ code: "config.invalid" }));
  });
});

function tiers(...mins: number[]) {
  return mins.map((min, index) => ({ name: `T${index}`, min }));
}
