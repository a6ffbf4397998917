import type { FlowDelta, FlowSnapshot } from "./flow.js";
import type { GraphPlan } from "./graph-plan.js";
import { Snapshot } from "./snapshot.js";
import { jsonSize } from "./state-size.js";
import { reduceWrites } from "./write-state.js";

/**
 * The snapshot after a superstep that was run before, from its delta: by the reducers, and by nothing else.
 *
 * @throws RangeError when the delta is not the one that follows the snapshot.
 */
export function applyDelta(plan: GraphPlan, snapshot: FlowSnapshot, delta: FlowDelta): FlowSnapshot {
  if (delta.superstep !== snapshot.superstep + 1) {
    throw new RangeError(
      `delta ${delta.superstep} does not follow the snapshot of superstep ${snapshot.superstep}`,
    );
  }
  const values = reduceWrites(plan, snapshot.values, delta.writes);
  let bytes = Snapshot.bytesOf(snapshot);
  for (const { update } of delta.writes) bytes += jsonSize(update);
  return new Snapshot(delta.superstep, values, delta.tasks, delta.joins ?? {}, bytes);
}
