import type { FlowRecord, JsonObject, JsonValue } from "@salesagent/ports";
import type { Checkpointer, RunScope } from "../graph-runs.js";
import { DurableRuns, type DurableRunsInit } from "./durable-runs.js";
import { tenantOf } from "./run-view.js";
import { originOf, type StoredGraphs } from "./stored-graphs.js";

/** Runs of graphs that are data. What needs no graph is done here, also where the graph is not to be had. */
export interface StoredRuns {
  /** Where runs that begin with this are kept: for `compile` of the graph that `resolve` gives for it. */
  checkpointer(origin: JsonObject): Checkpointer;
  /** A run as it is kept, and what it was begun with; nothing when there is no such run among these. */
  find(
    runId: string,
    scope: RunScope,
  ): Promise<{ readonly record: FlowRecord; readonly origin: JsonObject } | undefined>;
  /** As `deliver` of a graph. */
  deliver(runId: string, name: string, payload: JsonValue, scope: RunScope): Promise<boolean>;
  /** As `stop` of a graph. */
  stop(
    runId: string,
    stop: { readonly by: string; readonly reason: string },
    scope: RunScope,
  ): Promise<boolean>;
}

/** @param means - As of the runs of a single graph. */
export function storedRuns(
  { name, version }: StoredGraphs,
  means: Omit<DurableRunsInit, "plan" | "means" | "keptAs">,
): StoredRuns {
  const { storage, tenant, ensureWork } = means;
  const flowsOf = (scope: RunScope) => storage.tenant(tenantOf(scope, tenant)).flows;
  const find: StoredRuns["find"] = async (runId, scope) => {
    const record = await flowsOf(scope).get(runId, { signal: scope.signal });
    const origin = record?.graph === name ? originOf(record) : undefined;
    return record && origin && { record, origin };
  };
  return {
    checkpointer: (origin) => ({
      runs: (plan, runMeans) =>
        new DurableRuns({ ...means, plan, means: runMeans, keptAs: { name, version, origin } }),
    }),
    find,
    async deliver(runId, event, payload, scope) {
      if (!(await find(runId, scope))) return false;
      ensureWork();
      return flowsOf(scope).deliver(runId, { name: event, payload }, { signal: scope.signal });
    },
    async stop(runId, stop, scope) {
      if (!(await find(runId, scope))) return false;
      ensureWork();
      return flowsOf(scope).stop(runId, stop, { signal: scope.signal });
    },
  };
}
