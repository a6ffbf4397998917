import type { CompanyFields } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileProfile } from "./compile-profile.js";
import { type MergePolicy, type ModelAssessment, mergeAssessment } from "./merge-assessment.js";

const compiled = compileProfile({
  name: "P",
  criteria: [
    {
      kind: "range",
      name: "size",
      field: "company.employees",
      min: 50,
      max: 500,
      falloff: 20,
      weight: 50,
      required: true,
    },
    { kind: "one-of", name: "market", field: "company.country", values: ["EU"], weight: 30 },
    { kind: "one-of", name: "industry", field: "company.industry", values: ["Software"], weight: 20 },
    {
      kind: "one-of",
      name: "closed",
      label: "Closed down",
      field: "company.status",
      values: ["inactive"],
      exclude: true,
    },
  ],
});
const rulesFor = (company: CompanyFields) => compiled.score({ company });
const model = (part: Partial<ModelAssessment>): ModelAssessment => ({
  score: 80,
  confidence: 1,
  reasons: ["Sells to the same buyers"],
  missing: ["budget"],
  nextAction: "contact",
  ...part,
});
const partial = rulesFor({ employees: { min: 100, max: 100 }, country: "US" });

describe("mergeAssessment", () => {
  it("moves the rules' score toward the model's, within the bound", () => {
    expect(partial.score).toBe(58);
    const merged = mergeAssessment(compiled, partial, model({ score: 95 }));
    expect(merged).toMatchObject({ score: 78, tier: "A", rulesScore: 58, modelScore: 95, qualified: true });
    expect(merged.why).toBe("rules 58, model 95 (confidence 1): raised by 20, of 20 allowed.");
    expect(mergeAssessment(compiled, partial, model({ score: 95, confidence: 0.5 })).score).toBe(68);
    expect(mergeAssessment(compiled, partial, model({ score: 61 })).score).toBe(61);
    expect(
      mergeAssessment(compiled, partial, model({ score: 0 }), { mode: "bounded", maxShift: 5 }).score,
    ).toBe(53);
    expect(mergeAssessment(compiled, partial, model({ confidence: 0 })).score).toBe(58);
  });

  it("follows the other policies", () => {
    expect(mergeAssessment(compiled, partial, model({ score: 95 }), { mode: "rules-only" })).toMatchObject({
      score: 58,
      confidence: 0.8,
    });
    expect(
      mergeAssessment(compiled, partial, model({ score: 12, confidence: 0.4 }), { mode: "model-first" }),
    ).toMatchObject({ score: 12, tier: "D", confidence: 0.4, nextAction: "disqualify" });
  });

  it("lifts no lead above its cap, and says why", () => {
    const excluded = rulesFor({
      employees: { min: 100, max: 100 },
      country: "DE",
      industry: "Software",
      status: "inactive",
    });
    const merged = mergeAssessment(compiled, excluded, model({ score: 100 }), { mode: "model-first" });
    expect(merged).toMatchObject({
      score: 0,
      tier: "D",
      qualified: false,
      disqualifiedBy: "closed",
      nextAction: "disqualify",
    });
    expect(merged.why).toBe(
      "rules 0, model 100 (confidence 1): the model decides; held at 0, since Closed down rules it out.",
    );
    const short = rulesFor({ employees: { min: 2, max: 2 }, country: "DE", industry: "Software" });
    expect(mergeAssessment(compiled, short, model({ score: 100 }))).toMatchObject({
      score: 24,
      disqualifiedBy: "size",
    });
  });

  it("lets the model's care win, never its boldness", () => {
    const advised = (
      nextAction: ModelAssessment["nextAction"],
      mode: "bounded" | "model-first" = "bounded",
    ) => mergeAssessment(compiled, partial, model({ nextAction }), { mode });
    expect(advised("nurture")).toMatchObject({ nextAction: "nurture", qualified: false });
    expect(advised("disqualify").nextAction).toBe("research");
    expect(advised("disqualify", "model-first").nextAction).toBe("disqualify");
    expect(mergeAssessment(compiled, partial, model({ score: 0, nextAction: "contact" })).nextAction).toBe(
      "nurture",
    );
  });

  it("asks for what either of them misses, once", () => {
    const merged = mergeAssessment(compiled, partial, model({ missing: ["industry", "budget"] }));
    expect(merged.missing).toEqual(["industry", "status", "budget"]);
    expect(merged.reasons).toEqual(["Sells to the same buyers"]);
  });

  it("refuses what is no number", () => {
    expect(() => mergeAssessment(compiled, partial, model({ score: Number.NaN }))).toThrow(RangeError);
    expect(() =>
      mergeAssessment(compiled, partial, model({}), { mode: "bounded", maxShift: Number.NaN }),
    ).toThrow(/policy\.maxShift/);
  });

  it("holds its bounds for any judgement", () => {
    const company = fc.record<CompanyFields>(
      {
        employees: fc.integer({ min: 1, max: 600 }).map((value) => ({ min: value, max: value })),
        country: fc.constantFrom("DE", "US"),
        industry: fc.constantFrom("Software", "Retail"),
        status: fc.constantFrom("active", "inactive"),
      },
      { requiredKeys: [] },
    );
    const judgement = fc.record({
      score: fc.double({ noNaN: true }),
      confidence: fc.double({ noNaN: true }),
      reasons: fc.array(fc.string()),
      missing: fc.array(fc.string()),
      nextAction: fc.constantFrom("contact", "nurture", "research", "disqualify"),
    });
    const policy = fc.oneof(
      fc.record({
        mode: fc.constant("bounded" as const),
        maxShift: fc.double({ min: 0, max: 100, noNaN: true }),
      }),
      fc.constantFrom<MergePolicy>({ mode: "rules-only" }, { mode: "model-first" }),
    );
    fc.assert(
      fc.property(company, judgement, policy, (fields, assessment, chosen) => {
        const rules = rulesFor(fields);
        const merged = mergeAssessment(compiled, rules, assessment as ModelAssessment, chosen);
        expect(Number.isInteger(merged.score)).toBe(true);
        expect(merged.score).toBeGreaterThanOrEqual(0);
        expect(merged.score).toBeLessThanOrEqual(rules.cap?.max ?? 100);
        expect(merged.confidence).toBeGreaterThanOrEqual(0);
        expect(merged.confidence).toBeLessThanOrEqual(1);
        if (rules.disqualifiedBy !== undefined) expect(merged.nextAction).toBe("disqualify");
        if (chosen.mode === "rules-only") expect(merged.score).toBe(rules.score);
        if (chosen.mode === "bounded") {
          expect(Math.abs(merged.score - rules.score)).toBeLessThanOrEqual(chosen.maxShift ?? 20);
        }
        expect(merged.qualified).toBe(merged.nextAction === "contact");
      }),
    );
  });
});
