import type { DrillScenario } from "../scenario.js";

const EITHER = { from: ["primary", "fallback"], errors: [] } as const;

/**
 * One call that goes well and one that fails over. Played before the others and not judged: what a subject loads at its
 * first calls, such as a vendor's SDK, would count against the short limits of a drill.
 */
export const warmUp: DrillScenario = {
  id: 0,
  title: "warm-up",
  simulates: "The primary is healthy, then answers 503.",
  async play(stage) {
    await stage.call(EITHER);
    stage.spoil("primary", { fault: { type: "status", reason: "unavailable" } });
    await stage.call(EITHER);
  },
  provider: () => [],
};
