import type { CompanyFields } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Criterion } from "../profile/ideal-customer-profile.js";
import { compileProfile } from "./compile-profile.js";
import type { CriterionScore, ScorableLead } from "./rules-score.js";

/** The line of a criterion that is worth 100 points. */
function scoreOne(criterion: Criterion, lead: ScorableLead): CriterionScore {
  const [line] = compileProfile({ name: "P", criteria: [criterion] }).score(lead).criteria;
  if (line === undefined) throw new Error("a profile of one criterion gave no line");
  return line;
}

const company = (fields: CompanyFields): ScorableLead => ({ company: fields });

describe("range", () => {
  const size: Criterion = {
    kind: "range",
    name: "size",
    field: "company.employees",
    min: 100,
    max: 200,
    falloff: { below: 50, above: 200 },
  };
  const people = (min: number, max?: number) =>
    company({ employees: max === undefined ? { min } : { min, max } });

  it.each<[string, ScorableLead, number, string]>([
    ["inside", people(120, 180), 100, "120–180 people is within 100–200"],
    ["on the bounds", people(100, 200), 100, "100–200 people is within 100–200"],
    ["one amount inside", people(150, 150), 100, "150 people is within 100–200"],
    ["just below", people(75, 75), 50, "75 people is just below 100–200"],
    ["at the end of the falloff", people(50, 50), 0, "50 people is below 100–200"],
    ["above, falling slower", people(250, 250), 75, "250 people is just above 100–200"],
    ["far above", people(12_000, 12_000), 0, "12,000 people is above 100–200"],
    ["one person", people(1, 1), 0, "1 person is below 100–200"],
    ["half inside, half beyond the falloff", people(150, 650), 30, "150–650 people is partly within 100–200"],
    ["open and far above", people(5000), 0, "5,000 or more people is above 100–200"],
  ])("%s", (_, lead, points, evidence) => {
    const line = scoreOne(size, lead);
    expect(line).toMatchObject({ evidence, maxPoints: 100, field: "company.employees" });
    expect(line.points).toBeCloseTo(points, 0);
  });

  it("takes an open range for one up to four times its minimum", () => {
    const line = scoreOne({ ...size, min: 1, max: 2000, falloff: 0 } as Criterion, people(1000));
    expect(line.points).toBeCloseTo(33.33, 1);
    const unbounded: Criterion = { kind: "range", name: "big", field: "company.employees", min: 500 };
    expect(scoreOne(unbounded, people(1000)).outcome).toBe("met");
  });

  it("reads years, dollars and custom columns in their own way", () => {
    const founded: Criterion = { kind: "range", name: "f", field: "company.foundedYear", max: 2015 };
    expect(scoreOne(founded, company({ foundedYear: 2014 })).evidence).toBe(
      "founded 2014 is within at most 2015",
    );
    const funding: Criterion = { kind: "range", name: "f", field: "company.fundingUsd", min: 1_500_000 };
    expect(scoreOne(funding, company({ fundingUsd: 950 })).evidence).toBe("$950 is below $1.5M or more");
    const seats: Criterion = { kind: "range", name: "s", field: "custom.Seats", min: 10 };
    for (const Seats of [1200, "1,200", "1200+", " 1,000 – 2,000 "]) {
      expect(scoreOne(seats, { company: {}, custom: { Seats } }).outcome).toBe("met");
    }
    for (const Seats of ["many", "", "0+", null, true, { min: "3" }]) {
      expect(scoreOne(seats, { company: {}, custom: { Seats } }).outcome).toBe("unknown");
    }
  });

  it("does not read what a custom column inherits", () => {
    const odd: Criterion = { kind: "present", name: "o", fields: ["custom.constructor"] };
    expect(scoreOne(odd, { company: {}, custom: {} }).outcome).toBe("absent");
  });

  it("gives more the nearer an amount is, and always between nothing and all", () => {
    const amount = fc.integer({ min: 0, max: 2000 });
    fc.assert(
      fc.property(amount, amount, (one, other) => {
        const away = (value: number) => Math.max(0, 100 - value, (value - 200) / 4);
        const [near, far] = away(one) <= away(other) ? [one, other] : [other, one];
        const points = [near, far].map((value) => scoreOne(size, people(value, value)).points);
        expect(points[0]).toBeGreaterThanOrEqual(points[1] ?? 0);
      }),
    );
  });

  it("gives a range the mean of the amounts in it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 500 }), (min, width) => {
        const steps = 2000;
        let sum = 0;
        for (let step = 0; step < steps; step += 1) {
          const amount = min + (width * (step + 0.5)) / steps;
          sum += Math.max(
            0,
            amount < 100 ? 1 - (100 - amount) / 50 : amount > 200 ? 1 - (amount - 200) / 200 : 1,
          );
        }
        expect(scoreOne(size, people(min, min + width)).points).toBeCloseTo((sum / steps) * 100, 0);
      }),
      { numRuns: 50 },
    );
  });
});

describe("one-of", () => {
  const market: Criterion = {
    kind: "one-of",
    name: "m",
    field: "company.country",
    values: ["DACH", "UK"],
    partly: ["EU"],
  };

  it("spreads groups of countries and reads their names", () => {
    expect(scoreOne(market, company({ country: "CH" }))).toMatchObject({
      outcome: "met",
      evidence: "country is Switzerland (DACH)",
    });
    expect(scoreOne(market, company({ country: "GB" }))).toMatchObject({
      points: 100,
      evidence: "country is United Kingdom",
    });
    expect(scoreOne(market, company({ country: "FR" }))).toMatchObject({
      outcome: "partly",
      points: 50,
      evidence: "country is France (EU), a near fit",
    });
    expect(scoreOne(market, company({ country: "US" }))).toMatchObject({
      outcome: "missed",
      points: 0,
      evidence: "country is United States, not DACH or UK",
    });
  });

  it("passes over case and accents", () => {
    const city: Criterion = {
      kind: "one-of",
      name: "c",
      field: "company.city",
      values: ["São Paulo", "MÜNCHEN", "Łódź"],
    };
    for (const name of ["sao paulo", "München", "LODZ", " Munchen "]) {
      expect(scoreOne(city, company({ city: name })).outcome).toBe("met");
    }
  });

  it("takes the best of a list", () => {
    const areas: Criterion = {
      kind: "one-of",
      name: "a",
      field: "company.subIndustries",
      values: ["Sales"],
      partly: ["Retail"],
    };
    expect(scoreOne(areas, company({ subIndustries: ["Retail", "Sales"] }))).toMatchObject({
      outcome: "met",
      evidence: "sub-industries include Sales",
    });
    expect(scoreOne(areas, company({ subIndustries: ["Retail"] })).points).toBe(50);
    expect(scoreOne(areas, company({ subIndustries: ["Legal", "Tax"] })).evidence).toBe(
      "sub-industries are Legal, Tax, not Sales",
    );
    expect(scoreOne(areas, company({ subIndustries: [] })).outcome).toBe("unknown");
  });

  it("quotes no more than a line, whatever a lead says", () => {
    const industry: Criterion = {
      kind: "one-of",
      name: "i",
      field: "company.industry",
      values: ["a", "b", "c", "d", "e"],
    };
    const { evidence } = scoreOne(industry, company({ industry: "😀\n".repeat(5000) }));
    expect(evidence.length).toBeLessThan(120);
    expect(evidence).not.toMatch(/\n/);
    expect(() => encodeURIComponent(evidence)).not.toThrow();
    expect(evidence).toMatch(/, not a, b, c or 2 others$/);
  });
});

describe("keywords", () => {
  const words = (list: string[], match?: "any" | "all" | number): Criterion => ({
    kind: "keywords",
    name: "k",
    fields: ["company.description", "company.keywords"],
    words: list,
    match,
  });
  const about = (description: string) => company({ description });

  it.each([
    ["CRM", "a crm, for clinics", true],
    ["CRM", "scrm and crms", false],
    ["pay*", "PAYROLL for all", true],
    ["pay*", "we repay", false],
    ["C++", "written in C++.", true],
    [".NET", "on .net", true],
    ["café tills", "Tills for cafes; CAFE TILLS too", true],
    ["销售", "我们的销售自动化", true],
    ["sales", "presales sales-led", true],
  ])("looks for %s in %j", (word, text, found) => {
    expect(scoreOne(words([word]), about(text)).outcome).toBe(found ? "met" : "missed");
  });

  it("counts what it takes: one, all, or a number of them", () => {
    const text = about("Sales and support");
    expect(scoreOne(words(["sales", "crm"]), text)).toMatchObject({
      points: 100,
      evidence: 'description mentions "sales"',
    });
    expect(scoreOne(words(["sales", "support"], "all"), text).points).toBe(100);
    expect(scoreOne(words(["sales", "crm", "support", "erp"], "all"), text)).toMatchObject({
      outcome: "partly",
      points: 50,
      evidence: 'description mentions "sales", "support" only, of 4 wanted',
    });
    expect(scoreOne(words(["sales", "crm", "support"], 2), text).points).toBe(100);
  });

  it("reads all its fields, and says in which it found something", () => {
    const lead = company({ description: "Nothing", keywords: ["Outbound", "Sales"] });
    expect(scoreOne(words(["sales"]), lead)).toMatchObject({
      field: "company.keywords",
      evidence: 'keywords mention "sales"',
    });
    expect(scoreOne(words(["x"]), company({ keywords: ["y"] }))).toMatchObject({
      outcome: "missed",
      evidence: 'keywords mention none of "x"',
    });
    expect(scoreOne(words(["x"]), company({ description: "  " })).outcome).toBe("unknown");
  });

  it("sees a list that changed between two leads", () => {
    const keywords = ["retail"];
    const compiled = compileProfile({ name: "P", criteria: [words(["sales"])] });
    expect(compiled.score(company({ keywords })).score).toBe(0);
    keywords.push("sales");
    expect(compiled.score(company({ keywords })).score).toBe(100);
  });
});

describe("technology", () => {
  const stack = (match?: "any" | "all" | number): Criterion => ({
    kind: "technology",
    name: "t",
    uses: ["Node.js", "C++", "HubSpot"],
    match,
  });

  it("knows products by name, however they are written", () => {
    for (const name of ["nodejs", "NODE JS", "node-js", "c++", "Hub Spot"]) {
      expect(scoreOne(stack(), company({ technologies: [name] })).outcome).toBe("met");
    }
    for (const name of ["C", "Node", "HubSpot CMS"]) {
      expect(scoreOne(stack(), company({ technologies: [name] })).outcome).toBe("missed");
    }
  });

  it("gives each product its share, once", () => {
    const line = scoreOne(stack(2), company({ technologies: ["NodeJS", "node.js"] }));
    expect(line).toMatchObject({ points: 50, evidence: "uses Node.js only, of 2 wanted" });
    expect(scoreOne(stack(), company({})).outcome).toBe("unknown");
  });
});

describe("present", () => {
  const reachable: Criterion = { kind: "present", name: "p", fields: ["contact.email", "contact.phone"] };

  it("is met by one of its fields, and never quotes it", () => {
    const line = scoreOne(reachable, { company: {}, contact: { phone: "+4930123456" } });
    expect(line).toMatchObject({ outcome: "met", evidence: "phone is known", field: "contact.phone" });
  });

  it("gives nothing where they are empty, and counts them as missing", () => {
    const score = compileProfile({ name: "P", criteria: [reachable] }).score({
      company: {},
      contact: { email: "" },
    });
    expect(score).toMatchObject({
      score: 0,
      confidence: 0,
      missing: [{ field: "contact.email", label: "e-mail" }],
    });
    expect(score.criteria[0]).toMatchObject({ outcome: "absent", evidence: "no e-mail or phone is known" });
  });
});
