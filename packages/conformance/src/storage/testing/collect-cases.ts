import { expect } from "vitest";
import type { Runner } from "../../runner.js";

/** A case of a suite, by its full name. */
export interface CollectedCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Runs a suite's definitions with a runner that only takes notes. */
export function collectCases(define: (runner: Runner) => void): readonly CollectedCase[] {
  const cases: CollectedCase[] = [];
  const groups: string[] = [];
  define({
    describe(name, defineGroup) {
      groups.push(name);
      defineGroup();
      groups.pop();
    },
    it(name, run) {
      cases.push({ name: [...groups.slice(1), name].join(" > "), run: () => run() });
    },
    expect,
  });
  return cases;
}

/** The names of the cases that fail. */
export async function findFailures(cases: readonly CollectedCase[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const { name, run } of cases) {
    await run().catch(() => failures.push(name));
  }
  return failures;
}
