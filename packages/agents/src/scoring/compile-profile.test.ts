import type { CompanyFields, LeadDraft } from "@salesagent/ports";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { Criterion } from "../profile/ideal-customer-profile.js";
import { compileProfile } from "./compile-profile.js";
import type { ScorableLead } from "./rules-score.js";
import { closed, industry, listed, market, profileOf, score, size } from "./testing/sample-criteria.js";

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
    const result = compileProfile(profileOf(size, market, industry, listed)).score({ company });
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
    const result = score(profileOf(size, market, industry), { country: "DE", industry: "Software" });
    expect(result).toMatchObject({ score: 70, confidence: 0.5, bestScore: 100, qualified: true });
    expect(result.missing).toEqual([{ field: "company.employees", label: "head count", weight: 50 }]);
    expect(result.criteria[0]).toMatchObject({
      outcome: "unknown",
      points: 20,
      evidence: "head count is not known",
    });
    const doubtful = compileProfile({ ...profileOf(size, market, industry), prior: 0 });
    expect(doubtful.score({ company: { country: "DE", industry: "Software" } }).score).toBe(50);
  });

  it("sends a promising lead of which little is known to research", () => {
    const result = score(profileOf(size, market, industry), { country: "DE" });
    expect(result).toMatchObject({ score: 58, confidence: 0.3, nextAction: "research", qualified: false });
    expect(result.nextActionReason).toBe("Only 30% of the profile is known: find out head count, industry.");
  });

  it("does not research what nothing could save", () => {
    const result = score(
      { ...profileOf(size, market, industry), minConfidence: 0.9 },
      { employees: { min: 9, max: 9 }, country: "US" },
    );
    expect(result).toMatchObject({ bestScore: 20, nextAction: "disqualify", score: 8 });
  });

  it("lists what is missing, heaviest first, each field once", () => {
    const heavy: Criterion = { kind: "technology", name: "stack", uses: ["React"], weight: 60 };
    const again: Criterion = { ...market, name: "core market", values: ["DACH"], weight: 35 };
    expect(score(profileOf(size, market, again, heavy), {}).missing).toEqual([
      { field: "company.country", label: "country", weight: 65 },
      { field: "company.technologies", label: "technologies", weight: 60 },
      { field: "company.employees", label: "head count", weight: 50 },
    ]);
  });

  it("takes a negative's points away where it applies", () => {
    const result = score(profileOf(size, market, industry, listed), { ...good, status: "public" });
    expect(result).toMatchObject({ score: 75, tier: "A" });
    expect(result.criteria[3]).toMatchObject({ outcome: "against", points: -25, maxPoints: -25 });
    const clear = score(profileOf(size, listed), good).criteria[1];
    expect(clear).toMatchObject({ outcome: "clear" });
    expect(Object.is(clear?.points, 0)).toBe(true);
  });

  it("rules an excluded lead out, however well it fits", () => {
    const result = score(profileOf(size, market, industry, closed), { ...good, status: "inactive" });
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
    expect(score(profileOf(size, closed), { ...good, status: "active" }).disqualifiedBy).toBeUndefined();
  });

  it("keeps a lead that misses a requirement in the lowest tier", () => {
    const result = score(profileOf({ ...size, required: true }, market, industry), {
      ...good,
      employees: { min: 9, max: 9 },
    });
    expect(result).toMatchObject({ score: 24, tier: "D", disqualifiedBy: "size", nextAction: "disqualify" });
    const near = score(profileOf({ ...size, required: true }, market, industry), {
      ...good,
      employees: { min: 40, max: 40 },
    });
    expect(near.disqualifiedBy).toBeUndefined();
  });

  it("neither qualifies nor drops a lead whose requirement is open", () => {
    const result = score(profileOf({ ...industry, required: true }, size, market), {
      employees: { min: 60, max: 60 },
      country: "FR",
    });
    expect(result).toMatchObject({ score: 74, tier: "B", qualified: false, nextAction: "research" });
    expect(result.nextActionReason).toBe("industry is required, and industry is not known.");
  });

  it("keeps thin evidence out of the top tier, whatever the prior", () => {
    const result = score({ ...profileOf(size, market, industry), prior: 0.74 }, { country: "DE" });
    expect(result).toMatchObject({ confidence: 0.3, score: 74, tier: "B" });
  });

  it("uses the profile's own tiers", () => {
    const tiers = [
      { name: "hot", min: 90 },
      { name: "warm", min: 40 },
      { name: "cold", min: 0 },
    ];
    const given = { ...profileOf(size, market, industry), tiers, qualifyFrom: "warm" };
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
    expect(() => compileProfile(profileOf({ ...size, weight: -1 }))).toThrow(
      expect.objectContaining({ code: "config.invalid" }),
    );
  });

  it("gives plain data that survives JSON and cloning", () => {
    const result = score(profileOf(size, market, listed, closed), { country: "DE" });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(structuredClone(result)).toEqual(result);
  });
});
