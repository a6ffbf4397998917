import { describe, expect, it } from "vitest";
import { type CollectedCase, collectCases } from "../storage/testing/collect-cases.js";
import type { CrmProviderConformanceOptions } from "./crm-bench.js";
import { crmProviderCases, crmProviderConformance } from "./crm-provider-conformance.js";
import { caughtBy } from "./testing/caught-by.js";
import { type CrmSabotage, sabotagedDouble } from "./testing/crm-sabotage.js";
import { doubleSuite } from "./testing/double-options.js";
import { failingSabotages } from "./testing/failing-sabotages.js";
import { lookingSabotages } from "./testing/looking-sabotages.js";
import { readingSabotages } from "./testing/reading-sabotages.js";
import { writingSabotages } from "./testing/writing-sabotages.js";

const sabotages = { ...readingSabotages, ...lookingSabotages, ...writingSabotages, ...failingSabotages };

// A kind with keys, and one that hangs on another; the sound double is run with all of them beside this.
const suite: CrmProviderConformanceOptions = {
  ...doubleSuite,
  kinds: ["contact", "activity"],
  refusesDuplicates: ["contact"],
};

/** What only shows where a second record with the same key is not refused. */
const OF_COMPANIES = new Set(["brings the newest first"]);

/** A case of a broken adapter may never end. */
const LONGEST_CASE_MS = 3_000;

function casesOf(sabotage?: CrmSabotage, options = suite): readonly CollectedCase[] {
  return collectCases((runner) => crmProviderConformance(runner, () => sabotagedDouble(sabotage), options));
}

async function findFailures(cases: readonly CollectedCase[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of cases) if (!(await passes(run))) failed.push(name);
  return failed;
}

function passes(run: () => Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), LONGEST_CASE_MS);
    run()
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer));
  });
}

describe("the suite of CRM providers", () => {
  it("passes a sound adapter, and names each of its cases once", async () => {
    const cases = casesOf();
    expect(cases.length).toBe(crmProviderCases().length);
    expect(new Set(crmProviderCases()).size).toBe(cases.length);
    expect(await findFailures(cases)).toEqual([]);
  });

  it.each(Object.entries(sabotages))("notices an adapter that %s", async (name, sabotage) => {
    const options = OF_COMPANIES.has(name) ? { ...suite, kinds: ["company"] as const } : suite;
    expect(await findFailures(casesOf(sabotage, options))).toEqual(caughtBy[name as keyof typeof sabotages]);
  });

  it("notices an adapter that follows a merge of which it is said that it leads nowhere", async () => {
    const options = { ...suite, followsMerges: false };
    const cases = collectCases((runner) => crmProviderConformance(runner, () => sabotagedDouble(), options));
    expect(await findFailures(cases)).toEqual([
      "merges > gets nothing under an id that leads nowhere since it was merged",
    ]);
  });

  it("has a known gap, which must be real and have a case", async () => {
    const gap = "tells what was removed";
    const run = async (sabotage: CrmSabotage | undefined, knownGaps: Record<string, string>) =>
      findFailures(
        collectCases((runner) =>
          crmProviderConformance(runner, () => sabotagedDouble(sabotage), { ...suite, knownGaps }),
        ),
      );
    expect(await run(undefined, { [gap]: "once it was so" })).toEqual([
      `changes > ${gap} (known gap: once it was so)`,
    ]);
    expect(await run(readingSabotages["tells no removals"], { [gap]: "it never does" })).toEqual([]);
    await expect(run(undefined, { "a case that nobody wrote": "a slip" })).rejects.toThrow(RangeError);
  });
});
