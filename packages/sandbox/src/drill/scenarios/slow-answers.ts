import { FEW_TRIES, overBounds } from "../bounds.js";
import type { DrillScenario } from "../scenario.js";
import { promptOf } from "../traffic.js";

/** When the caller of the second call hangs up: before any limit is over. */
const HANG_UP_AFTER_MS = 100;

const silence: DrillScenario = {
  id: 6,
  title: "no response at all",
  simulates:
    "The primary takes every request and never answers. The caller of a second call hangs up meanwhile.",
  async play(stage) {
    stage.spoil("primary", { fault: { type: "silence" } });
    await stage.call({ from: ["fallback"], errors: ["model.timed_out"] });
    await stage.call({ from: [], errors: [] }, { abortAfterMs: HANG_UP_AFTER_MS });
    // long enough for a try that should not come any more
    await stage.wait(stage.limits.headersMs + 100);
  },
  provider: (traffic, stage) => overBounds(traffic, stage, FEW_TRIES),
};

/** Slow, yet well within the limit. */
const PATIENT_MS = 150;
const FAR_TOO_SLOW_MS = 30_000;

const slowFirstToken: DrillScenario = {
  id: 7,
  title: "slow first token",
  simulates: `The primary's first token takes ${PATIENT_MS} ms, which is to be waited for; in a second call ${FAR_TOO_SLOW_MS / 1000} s, which is not.`,
  async play(stage) {
    const first = promptOf(1);
    stage.spoil("primary", {
      fault: { type: "slow-first-token", delayMs: PATIENT_MS },
      on: ({ ask }) => ask.prompt.includes(first),
    });
    stage.spoil("primary", { fault: { type: "slow-first-token", delayMs: FAR_TOO_SLOW_MS } });
    await stage.call({ from: ["primary", "fallback"], errors: [] });
    await stage.call({ from: ["fallback"], errors: ["model.timed_out"] });
  },
  provider(traffic, stage) {
    const [patient] = stage.made.map(({ report }) => report);
    const again = patient === undefined ? 0 : traffic.of("primary", [patient]).length;
    return [
      ...(again > 1 ? [`call 1 asked the primary ${again} times, where patience was enough`] : []),
      ...overBounds(traffic, stage, FEW_TRIES),
    ];
  },
};

/** Answers that do not begin, or late. */
export const SLOW_ANSWERS: readonly DrillScenario[] = [silence, slowFirstToken];
