import { describe, expect, it } from "vitest";
import { CONVERGENCE_TRAITS } from "./testing/convergence-traits.js";
import { runConvergence } from "./testing/run-convergence.js";

describe("a sync of two sides", () => {
  it.each(CONVERGENCE_TRAITS)("converges with a CRM that is: $name", async (traits) => {
    for (const seed of [1, 2, 3]) {
      const { problems } = await runConvergence(traits, { seed, edits: 120 });
      expect({ seed, problems }).toEqual({ seed, problems: [] });
    }
  });
});
