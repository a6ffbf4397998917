import { describe, expect, it } from "vitest";
import { type CollectedCase, collectCases } from "../storage/testing/collect-cases.js";
import { jobEngineConformance } from "./job-engine-conformance.js";
import { endingSabotages } from "./testing/ending-sabotages.js";
import { forgetSabotages } from "./testing/forget-sabotages.js";
import { soundSetup } from "./testing/job-sabotage.js";
import { runningSabotages } from "./testing/running-sabotages.js";

const sabotages = { ...runningSabotages, ...endingSabotages, ...forgetSabotages };

/** A case of a broken engine may never end. */
const LONGEST_CASE_MS = 3000;
const PATIENCE_MS = 400;

/** The names of the cases that fail, or don't end. Each has an engine of its own, so they run side by side. */
async function findFailures(cases: readonly CollectedCase[]): Promise<readonly string[]> {
  const failed = await Promise.all(cases.map(async ({ name, run }) => ((await passes(run)) ? [] : [name])));
  return failed.flat();
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

describe("the suite of job engines", () => {
  it("passes a sound engine, and names each of its cases once", async () => {
    const cases = collectCases((runner) => jobEngineConformance(runner, async () => soundSetup()));
    expect(cases.length).toBeGreaterThan(40);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(await findFailures(cases)).toEqual([]);
  });

  it.each(Object.entries(sabotages))("notices an engine that %s", async (_, { change, fails }) => {
    const cases = collectCases((runner) =>
      jobEngineConformance(
        runner,
        async () => ({ ...soundSetup(change), reopen: async () => soundSetup().engine }),
        { patienceMs: PATIENCE_MS },
      ),
    );
    expect(await findFailures(cases)).toEqual(fails);
  });
});
