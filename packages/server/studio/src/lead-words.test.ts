import type { Lead } from "@salesagent/client";
import { expect, it } from "vitest";
import { leadName } from "./lead-words.js";
import { qualificationOf, sidesOf } from "./qualification.js";

const lead: Lead = {
  ...{ id: "01-20-ab", stage: "new", source: "csv:fair.csv", createdAt: "", updatedAt: "" },
  company: {
    name: "Fjord AS",
    domain: "fjord.example",
    employees: { min: 20 },
    provenance: { name: { source: "hidden" } },
  },
  contact: { firstName: "Ada", lastName: "Lovelace", email: "ada@fjord.example" },
  custom: { Notiz: "met in Oslo" },
};

it("is called by its company and person, or by what is known", () => {
  expect(leadName(lead)).toBe("Fjord AS – Ada Lovelace");
  expect(leadName({ id: "x", company: { domain: "fjord.example" } })).toBe("fjord.example");
  expect(leadName({ id: "x", company: {}, contact: { email: "a@b.example" } })).toBe("a@b.example");
  expect(leadName({ id: "x", company: {} })).toBe("x");
});

it("is told with what speaks for and against it, as far as its result has that shape", () => {
  const criterion = (outcome: string, points: number) => ({ label: outcome, outcome, points, maxPoints: 10 });
  const data = {
    criteria: [
      criterion("met", 10),
      criterion("absent", 0),
      criterion("missed", 0),
      criterion("against", -5),
      criterion("unknown", 0),
      "odd",
    ],
    ...{ reasons: ["good", 7], missing: "odd", confidence: "odd" },
  };
  const result = {
    id: "r",
    kind: "qualification" as const,
    leadId: lead.id,
    score: 71,
    tier: "A",
    data,
    createdAt: "",
  };
  const found = qualificationOf({ ...lead, results: [result] });
  expect(found).toMatchObject({
    score: 71,
    tier: "A",
    reasons: ["good"],
    missing: [],
    confidence: undefined,
  });
  const { forIt, against, unknown } = sidesOf(found?.criteria ?? []);
  expect([forIt, against, unknown].map((side) => side.map(({ label }) => label))).toEqual([
    ["met", "absent"],
    ["missed", "against"],
    ["unknown"],
  ]);
  expect(qualificationOf({ ...lead, results: [] })).toBeUndefined();
});
