import type { DrillScenario } from "./scenario.js";
import { accounting } from "./scenarios/accounting.js";
import { BROKEN_ANSWERS } from "./scenarios/broken-answers.js";
import { flapping } from "./scenarios/flapping.js";
import { REFUSALS } from "./scenarios/refusals.js";
import { SLOW_ANSWERS } from "./scenarios/slow-answers.js";

/** The wall of sixteen faults, by number. */
export const DRILL_SCENARIOS: readonly DrillScenario[] = [
  ...REFUSALS,
  ...BROKEN_ANSWERS,
  ...SLOW_ANSWERS,
  flapping,
  accounting,
].sort((one, other) => one.id - other.id);
