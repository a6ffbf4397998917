export { type ManualClock, manualClock } from "./manual-clock.js";
export type { AsyncMatchers, Matchers, Runner, RunningCase } from "./runner.js";
