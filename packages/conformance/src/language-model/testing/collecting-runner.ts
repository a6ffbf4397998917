import { expect } from "vitest";
import type { Runner } from "../../runner.js";

const PATIENCE_MS = 3_000;

/** Fails a case that never ends, as every runner does. */
function hangs(patienceMs: number): Promise<never> {
  return new Promise((_, reject) => setTimeout(reject, patienceMs, new Error("the case hangs")).unref());
}

/**
 * A runner that only collects, so that a suite can be run on a double that is meant to fail.
 *
 * @param patienceMs - After which a case hangs; more where cases are much work and none hangs.
 */
export function collectingRunner(patienceMs: number = PATIENCE_MS): {
  readonly runner: Runner;
  failures(): Promise<string[]>;
} {
  const cases: { readonly name: string; readonly run: () => Promise<void> }[] = [];
  return {
    runner: {
      describe: (_, define) => define(),
      it: (name, run) => cases.push({ name, run: () => run() }),
      expect,
    },
    async failures() {
      const failed: string[] = [];
      for (const { name, run } of cases) {
        try {
          await Promise.race([run(), hangs(patienceMs)]);
        } catch {
          failed.push(name);
        }
      }
      return failed.sort();
    },
  };
}
