import type { CompanyFields, LeadDraft } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { Criterion, IdealCustomerProfile } from "../profile/ideal-customer-profile.js";
import { compileProfile } from "./compile-profile.js";
import type { ScorableLead } from "./rules-score.js";

const size: Criterion = {
  kind: "range",
  name: "size",
  label: "Head count",
  field: "company.employees",
  min: 50,
  max: 500,
  falloff: 20,
  weight: 50,
};
const market: Criterion = {
  kind: "one-of",
  name: "market",
  field: "company.country",
  values: ["EU"],
  weight: 30,
};
const industry: Criterion = {
  kind: "one-of",
  name: "industry",
  field: "company.industry",
  values: ["Software"],
  weight: 20,
};
const listed: Criterion = {
  kind: "one-of",
  name: "listed",
  field: "company.status",
  values: ["public"],
  negative: true,
  weight: 25,
};
const closed: Criterion = {
  kind: "one-of",
  name: "closed",
  label: "Closed down",
  field: "company.status",
  values: ["inactive"],
  exclude: true,
};

const profile = (...criteria: Criterion[]): IdealCustomerProfile => ({ name: "P", criteria });
const score = (given: IdealCustomerProfile, company: CompanyFields) =>
  compileProfile(given).score({ company });
const good: CompanyFields = {
  employees: { min: 100, max: 100 },
  country: "DE",
  industry: "Software",
  status: "active",
};

describe("score", () => {
  it("takes any lead record", () => {
    expectTypeOf<LeadDraft>().toExtend<ScorableLead>();
  });

  it("gives everything for everything, with evidence and the source of each fact", () => {
    const company = {
      ...good,
      provenance: { country: { source: "csv:leads.csv", at: "2026-01-01T00:00:00Z" } },
    };
    const result = compileProfile(profile(size, market, industry, listed)).score({ company });
    expect(result).toMatchObject({
      score: 100,
      tier: "A",
      confidence: 1,
      qualified: true,
      bestScore: 100,
      missing: [],
      nextAction: "contact",
    });
    expect(result.criteria.map(({ points }) => points)).toEqual([50, 30, 20, 0]);
    expect(result.criteria[1]).toEqual({
      name: "market",
      label: "market",
      role: "for",
      outcome: "met",
      points: 30,
      maxPoints: 30,
      evidence: "country is Germany (EU)",
      field: "company.country",
      source: "csv:leads.csv",
    });
    expect(result.criteria[0]).not.toHaveProperty("source");
  });

  it("counts what it does not know as the prior's share, and says so", () => {
    const result = score(profile(size, market, industry), { country: "DE", industry: "Software" });
    expect(result).toMatchObject({ score: 70, confidence: 0.5, bestScore: 100, qualified: true });
    expect(result.missing).toEqual([{ field: "company.employees", label: "head count", weight: 50 }]);
    expect(result.criteria[0]).toMatchObject({
      outcome: "unknown",
      points: 20,
      evidence: "head count is not known",
    });
    const doubtful = compileProfile({ ...profile(size, market, industry), prior: 0 });
    expect(doubtful.score({ company: { country: "DE", industry: "Software" } }).score).toBe(50);
  });

  it("sends a promising lead of which little is known to research", () => {
    const result = score(profile(size, market, industry), { country: "DE" });
    expect(result).toMatchObject({ score: 58, confidence: 0.3, nextAction: "research", qualified: false });
    expect(result.nextActionReason).toBe("Only 30% of the profile is known: find out head count, industry.");
  });

  it("does not research what nothing could save", () => {
    const result = score(
      { ...profile(size, market, industry), minConfidence: 0.9 },
      { employees: { min: 9, max: 9 }, country: "US" },
    );
    expect(result).toMatchObject({ bestScore: 20, nextAction: "disqualify", score: 8 });
  });

  it("lists what is missing, heaviest first, each field once", () => {
    const heavy: Criterion = { kind: "technology", name: "stack", uses: ["React"], weight: 60 };
    const again: Criterion = { ...market, name: "core market", values: ["DACH"], weight: 35 };
    expect(score(profile(size, market, again, heavy), {}).missing).toEqual([
      { field: "company.country", label: "country", weight: 65 },
      { field: "company.technologies", label: "technologies", weight: 60 },
      { field: "company.employees", label: "head count", weight: 50 },
    ]);
  });

  it("takes a negative's points away where it applies", () => {
    const result = score(profile(size, market, industry, listed), { ...good, status: "public" });
    expect(result).toMatchObject({ score: 75, tier: "A" });
    expect(result.criteria[3]).toMatchObject({ outcome: "against", points: -25, maxPoints: -25 });
    const clear = score(profile(size, listed), good).criteria[1];
    expect(clear).toMatchObject({ outcome: "clear" });
    expect(Object.is(clear?.points, 0)).toBe(true);
  });

  it("rules an excluded lead out, however well it fits", () => {
    const result = score(profile(size, market, industry, closed), { ...good, status: "inactive" });
    expect(result).toMatchObject({
      score: 0,
      tier: "D",
      qualified: false,
      disqualifiedBy: "closed",
      bestScore: 0,
      nextAction: "disqualify",
    });
    expect(result.cap).toEqual({ max: 0, reason: "Closed down rules it out" });
    expect(result.nextActionReason).toBe("Closed down: status is inactive.");
    expect(score(profile(size, closed), { ...good, status: "active" }).disqualifiedBy).toBeUndefined();
  });

  it("keeps a lead that misses a requirement in the lowest tier", () => {
    const result = score(profile({ ...size, required: true }, market, industry), {
      ...good,
      employees: { min: 9, max: 9 },
    });
    expect(result).toMatchObject({ score: 24, tier: "D", disqualifiedBy: "size", nextAction: "disqualify" });
    const near = score(profile({ ...size, required: true }, market, industry), {
      ...good,
      employees: { min: 40, max: 40 },
    });
    expect(near.disqualifiedBy).toBeUndefined();
  });

  it("neither qualifies nor drops a lead whose requirement is open", () => {
    const result = score(profile({ ...industry, required: true }, size, market), {
      employees: { min: 60, max: 60 },
      country: "FR",
    });
    expect(result).toMatchObject({ score: 74, tier: "B", qualified: false, nextAction: "research" });
    expect(result.nextActionReason).toBe("industry is required, and industry is not known.");
  });

  it("keeps thin evidence out of the top tier, whatever the prior", () => {
    const result = score({ ...profile(size, market, industry), prior: 0.74 }, { country: "DE" });
    expect(result).toMatchObject({ confidence: 0.3, score: 74, tier: "B" });
  });

  it("uses the profile's own tiers", () => {
    const tiers = [
      { name: "hot", min: 90 },
      { name: "warm", min: 40 },
      { name: "cold", min: 0 },
    ];
    const given = { ...profile(size, market, industry), tiers, qualifyFrom: "warm" };
    expect(score(given, { ...good, industry: "Retail", country: "US" })).toMatchObject({
      score: 50,
      tier: "warm",
      qualified: true,
    });
    expect(score(given, { ...good, employees: { min: 9, max: 9 }, country: "US" })).toMatchObject({
      score: 20,
      tier: "cold",
      nextAction: "disqualify",
    });
  });

  it("refuses a profile that is not sound", () => {
    expect(() => compileProfile(profile({ ...size, weight: -1 }))).toThrow(
      expect.objectContaining({ code: "config.invalid" }),
    );
  });

  it("gives plain data that survives JSON and cloning", () => {
    const result = score(profile(size, market, listed, closed), { country: "DE" });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(structuredClone(result)).toEqual(result);
  });
});

const amount = fc.integer({ min: 1, max: 800 }).map((value) => ({ min: value, max: value }));
const known = fc.record<CompanyFields>(
  {
    employees: amount,
    country: fc.constantFrom("DE", "FR", "US"),
    industry: fc.constantFrom("Software", "Retail"),
    status: fc.constantFrom("active", "public", "inactive"),
    technologies: fc.subarray(["React", "SAP"], { minLength: 1 }),
    description: fc.constantFrom("sales tools", "a bakery"),
  },
  { requiredKeys: [] },
);
const weight = fc.double({ min: 0.001, max: 1000, noNaN: true });
const criteria = fc
  .tuple(weight, weight, weight, weight, weight, weight, fc.boolean(), fc.boolean())
  .map(([a, b, c, d, e, f, required, exclude]): Criterion[] => [
    { ...size, weight: a, required },
    { ...market, weight: b },
    { ...industry, weight: c },
    { ...listed, weight: d },
    { kind: "technology", name: "stack", uses: ["React", "SAP"], match: "all", weight: e },
    { kind: "keywords", name: "words", fields: ["company.description"], words: ["sales"], weight: f },
    ...(exclude ? [closed] : []),
  ]);

describe("score, for any profile and lead", () => {
  it("stays within bounds, and its points add up", () => {
    fc.assert(
      fc.property(criteria, known, (list, company) => {
        const result = score(profile(...list), company);
        expect(Number.isInteger(result.score)).toBe(true);
        expect(result.score).toBeGreaterThanOrEqual(0);
        expect(result.bestScore).toBeLessThanOrEqual(100);
        expect(result.score).toBeLessThanOrEqual(result.bestScore);
        expect(result.confidence).toBeGreaterThanOrEqual(0);
        expect(result.confidence).toBeLessThanOrEqual(1);
        const sum = result.criteria.reduce((total, { points }) => total + points, 0);
        const expected = Math.min(result.cap?.max ?? 100, Math.max(0, Math.min(100, sum)));
        expect(Math.abs(result.score - expected)).toBeLessThan(0.6);
      }),
    );
  });

  it("does not depend on the order of the criteria", () => {
    const shuffled = criteria.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, known, ([list, other], company) => {
        const {
          criteria: lines,
          disqualifiedBy: _,
          cap,
          nextActionReason: __,
          ...one
        } = score(profile(...list), company);
        const {
          criteria: otherLines,
          disqualifiedBy: _2,
          cap: otherCap,
          nextActionReason: __2,
          ...two
        } = score(profile(...other), company);
        expect(two).toEqual(one);
        expect(otherCap?.max).toBe(cap?.max);
        expect(otherLines).toHaveLength(lines.length);
        for (const line of lines) expect(otherLines).toContainEqual(line);
      }),
    );
  });

  it("never falls by evidence in favour", () => {
    const favours: CompanyFields[] = [
      { employees: { min: 100, max: 100 } },
      { country: "DE" },
      { industry: "Software" },
      { status: "active" },
      { technologies: ["React", "SAP"] },
      { description: "sales tools" },
    ];
    fc.assert(
      fc.property(criteria, known, fc.subarray(favours), (list, company, added) => {
        const compiled = compileProfile(profile(...list));
        const before = compiled.score({ company });
        const after = compiled.score({ company: Object.assign({}, company, ...added) });
        expect(after.score).toBeGreaterThanOrEqual(before.score);
        expect(after.confidence).toBeGreaterThanOrEqual(before.confidence);
      }),
    );
  });

  it("never rises by evidence against", () => {
    fc.assert(
      fc.property(criteria, known, (list, company) => {
        const compiled = compileProfile(profile(...list));
        const before = compiled.score({ company });
        const after = compiled.score({ company: { ...company, country: "US", status: "public" } });
        const { status: _, ...withoutStatus } = company;
        const wasExcluded = before.disqualifiedBy === "closed";
        const base = wasExcluded ? compiled.score({ company: withoutStatus }) : before;
        // Knowing more can lift the cap on thin evidence, never the points.
        const points = (result: typeof base) =>
          result.criteria.reduce((total, line) => total + line.points, 0);
        expect(points(after)).toBeLessThanOrEqual(points(base) + 0.1);
      }),
    );
  });

  it("is sure of nothing when nothing is known, and puts it in no top tier", () => {
    fc.assert(
      fc.property(criteria, fc.double({ min: 0, max: 0.74, noNaN: true }), (list, prior) => {
        const result = score({ ...profile(...list), prior }, {});
        expect(result.confidence).toBe(0);
        expect(Math.abs(result.score - prior * 100)).toBeLessThan(0.51);
        expect(result.tier).not.toBe("A");
        expect(result).toMatchObject({
          nextAction: "research",
          qualified: false,
        });
        expect(result.missing.length).toBeGreaterThanOrEqual(6);
      }),
    );
  });

  it("gives the same lead the same result", () => {
    fc.assert(
      fc.property(criteria, known, known, (list, company, other) => {
        const compiled = compileProfile(profile(...list));
        const first = compiled.score({ company });
        compiled.score({ company: other });
        expect(compiled.score({ company: structuredClone(company) })).toEqual(first);
      }),
    );
  });
});
