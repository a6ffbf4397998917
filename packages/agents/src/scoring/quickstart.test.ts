import { readFileSync } from "node:fs";
import type { CompanyFields } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { resolveCountries } from "../profile/countries.js";
import { exampleProfile } from "../profile/example-profile.js";
import type { IdealCustomerProfile } from "../profile/ideal-customer-profile.js";
import { parseProfileJson } from "../profile/parse-profile.js";
import { toAmount } from "./amount.js";
import { compileProfile } from "./compile-profile.js";
import type { RulesScore } from "./rules-score.js";

const read = (name: string) =>
  readFileSync(new URL(`../../../../examples/quickstart/${name}`, import.meta.url), "utf8");

/** Splits the rows of our own file: quotes around cells with commas, none inside. */
function readCompanies(): Map<string, CompanyFields> {
  const [header = [], ...rows] = read("companies.csv")
    .trim()
    .split(/\r?\n/)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted ?? bare ?? ""),
    );
  return new Map(
    rows.map((row) => {
      expect(row).toHaveLength(header.length);
      const cells = Object.fromEntries(row.map((cell, index) => [header[index], cell]));
      return [cells["Company"] ?? "", toCompany(cells)];
    }),
  );
}

function toCompany(cells: Record<string, string>): CompanyFields {
  const country = resolveCountries(cells["Country"] ?? "")?.codes[0];
  const facts = {
    name: cells["Company"],
    domain: new URL(cells["Website"] ?? "").hostname.replace(/^www\./, ""),
    industry: cells["Industry"],
    country,
    city: cells["City"] || undefined,
    employees: toAmount(cells["Employees"]),
    foundedYear: Number(cells["Founded"]) || undefined,
    fundingStage: cells["Funding stage"] || undefined,
    status: cells["Status"]?.toLowerCase() || undefined,
    technologies: cells["Technologies"]?.split(", ").filter(Boolean),
    description: cells["Description"],
  };
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as CompanyFields;
}

function scoreAll(profile: IdealCustomerProfile): Map<string, RulesScore> {
  const compiled = compileProfile(profile);
  return new Map([...readCompanies()].map(([name, company]) => [name, compiled.score({ company })]));
}

const countTiers = (scores: Map<string, RulesScore>) => {
  const counts: Record<string, number> = { A: 0, B: 0, C: 0, D: 0 };
  for (const { tier } of scores.values()) counts[tier] = (counts[tier] ?? 0) + 1;
  return counts;
};

describe("the quickstart's companies", () => {
  it("are 60, each with a site of its own and a country", () => {
    const companies = [...readCompanies().values()];
    expect(companies).toHaveLength(60);
    expect(new Set(companies.map(({ domain }) => domain)).size).toBe(60);
    expect(companies.every(({ country }) => country !== undefined)).toBe(true);
    const years = companies.map(({ foundedYear = 0 }) => foundedYear);
    expect(Math.min(...years)).toBeGreaterThan(1800);
  });

  it("name no person and no address of one", () => {
    expect(read("companies.csv")).not.toMatch(/\S@\S/);
  });

  it("spread over all tiers under the sample profile, in an order that makes sense", () => {
    const scores = scoreAll(parseProfileJson(read("profile.json")));
    for (const count of Object.values(countTiers(scores))) expect(count).toBeGreaterThanOrEqual(5);
    const of = (name: string) => scores.get(name)?.score ?? -1;
    expect(of("Calendly")).toBeGreaterThan(of("Personio"));
    expect(of("Personio")).toBeGreaterThan(of("Microsoft"));
    expect(of("Microsoft")).toBeGreaterThan(of("Nestlé"));
    expect(scores.get("Outreach")).toMatchObject({ disqualifiedBy: "competitor", score: 0 });
    expect(scores.get("Quibi")).toMatchObject({ disqualifiedBy: "closed" });
    expect(scores.get("LEGO")).toMatchObject({ disqualifiedBy: "industry", tier: "D" });
  });

  it("spread under the general profile too", () => {
    for (const count of Object.values(countTiers(scoreAll(exampleProfile))))
      expect(count).toBeGreaterThanOrEqual(3);
  });
});
