import type { GraphPlan, RunMeans } from "./graph-plan.js";
import type { Checkpointer, GraphRuns } from "./graph-runs.js";
import { MemoryRuns } from "./memory-runs.js";

/** How much is kept. */
export interface MemoryCheckpointerOptions {
  /** Runs of each graph; those that ended leave first, the oldest before others. A whole number ≥ 1. @defaultValue 1,000 */
  readonly maxRuns?: number;
}

/**
 * Keeps runs in this process: they wait, are resumed, forked and looked at, and end with the process. What is kept is JSON, as
 * a durable store would have it, so a run behaves the same on both.
 */
export function memoryCheckpointer({ maxRuns = 1_000 }: MemoryCheckpointerOptions = {}): Checkpointer {
  if (!Number.isInteger(maxRuns) || maxRuns < 1) {
    throw new RangeError(`memoryCheckpointer.maxRuns must be a whole number ≥ 1, got ${maxRuns}`);
  }
  return {
    runs: <State, Update, Input>(plan: GraphPlan, means: RunMeans): GraphRuns<State, Update, Input> =>
      new MemoryRuns(plan, means, maxRuns),
  };
}
