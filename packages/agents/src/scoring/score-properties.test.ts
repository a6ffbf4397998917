import type { CompanyFields } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Criterion } from "../profile/ideal-customer-profile.js";
import { compileProfile } from "./compile-profile.js";
import { closed, industry, listed, market, profileOf, score, size } from "./testing/sample-criteria.js";

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
        const result = score(profileOf(...list), company);
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
        } = score(profileOf(...list), company);
        const {
          criteria: otherLines,
          disqualifiedBy: _2,
          cap: otherCap,
          nextActionReason: __2,
          ...two
        } = score(profileOf(...other), company);
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
        const compiled = compileProfile(profileOf(...list));
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
        const compiled = compileProfile(profileOf(...list));
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
        const result = score({ ...profileOf(...list), prior }, {});
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
        const compiled = compileProfile(profileOf(...list));
        const first = compiled.score({ company });
        compiled.score({ company: other });
        expect(compiled.score({ company: structuredClone(company) })).toEqual(first);
      }),
    );
  });
});
