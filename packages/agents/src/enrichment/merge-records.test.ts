import type { Company } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeRecords, settle } from "./merge-records.js";

const at = (day: number) => `2026-01-${String(day).padStart(2, "0")}T00:00:00.000Z`;

/** A company of one source. */
function said(source: string, fields: Omit<Company, "provenance">, confidence?: number, day = 1) {
  const provenance = { source, at: at(day), ...(confidence === undefined ? {} : { confidence }) };
  const names = Object.keys(fields).map((name) => [name, provenance]);
  return { company: { ...fields, provenance: Object.fromEntries(names) as Company["provenance"] } };
}

describe("mergeRecords", () => {
  it("keeps each field with its source", () => {
    const { records, disagreements } = mergeRecords([
      said("a", { name: "Figma" }),
      said("b", { city: "Berlin" }),
    ]);
    expect(records.company).toMatchObject({
      ...{ name: "Figma", city: "Berlin" },
      provenance: { name: { source: "a" }, city: { source: "b" } },
    });
    expect(disagreements).toEqual([]);
  });

  it.each([
    ["the surest source", [said("a", { city: "Rome" }, 0.6), said("b", { city: "Bonn" }, 0.9)], "Bonn"],
    [
      "what more sources give",
      [said("a", { city: "Rome" }), said("b", { city: "Bonn" }), said("c", { city: "bonn" })],
      "Bonn",
    ],
    ["the later one", [said("a", { city: "Rome" }, 0.5, 1), said("b", { city: "Bonn" }, 0.5, 2)], "Bonn"],
    ["the first one", [said("a", { city: "Rome" }), said("b", { city: "Bonn" })], "Rome"],
  ])("takes %s, and tells of the others", (_, readings, city) => {
    const { records, disagreements } = mergeRecords(readings);
    expect(records.company?.city).toBe(city);
    expect(disagreements).toMatchObject([{ record: "company", field: "city", chosen: 0 }]);
    expect(disagreements[0]?.candidates).toHaveLength(2);
  });

  it("takes spelling, case and ranges that overlap for agreement", () => {
    const { records, disagreements } = mergeRecords([
      said("a", { industry: "Design  Software", employees: { min: 51, max: 200 } }, 0.9),
      said("b", { industry: "design software", employees: { min: 100 } }),
    ]);
    expect(disagreements).toEqual([]);
    expect(records.company?.employees).toEqual({ min: 51, max: 200 });
  });

  it("joins lists under all of their sources", () => {
    const { records } = mergeRecords([
      said("a", { technologies: ["React", "Segment"] }, undefined, 1),
      said("b", { technologies: ["react", "HubSpot"] }, undefined, 2),
    ]);
    expect(records.company?.technologies).toEqual(["React", "Segment", "HubSpot"]);
    expect(records.company?.provenance.technologies).toEqual({ source: "a+b", at: at(2) });
  });

  it("makes up no value, and loses no field", () => {
    const one = fc.record({
      city: fc.constantFrom("Rome", "Bonn", "rome"),
      source: fc.constantFrom("a", "b", "c"),
      confidence: fc.option(fc.constantFrom(0, 0.5, 1), { nil: undefined }),
      day: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), (given) => {
        const readings = given.map(({ city, source, confidence, day }) =>
          said(source, { city }, confidence, day),
        );
        const { company } = mergeRecords(readings).records;
        const best = Math.max(...given.map(({ confidence = 0.5 }) => confidence));
        const stands = given.some(
          ({ city, source, confidence = 0.5 }) =>
            city === company?.city && source === company.provenance.city?.source && confidence === best,
        );
        expect(stands).toBe(true);
      }),
    );
  });
});

describe("settle", () => {
  const merged = mergeRecords([said("a", { city: "Rome" }), said("b", { city: "Bonn" })]);

  it("lets a choice among what sources say stand, with its reason", () => {
    const choices = [{ disagreement: 1, candidate: 2, reason: "Its site says so." }];
    const { records, disagreements } = settle(merged, { choices, summary: "" });
    expect(records.company).toMatchObject({ city: "Bonn", provenance: { city: { source: "b" } } });
    expect(disagreements).toMatchObject([{ chosen: 1, reason: "Its site says so." }]);
  });

  it("passes over choices of what is not there", () => {
    const choices = [
      { disagreement: 1, candidate: 3, reason: "" },
      { disagreement: 9, candidate: 1, reason: "" },
    ];
    expect(settle(merged, { choices, summary: "" })).toEqual(merged);
  });
});
