export type { RunClient } from "./followed-run.js";
export { type RunOfComponent, type UseRunOptions, useRun } from "./use-run.js";
