import type { FlowRecord } from "@salesagent/ports";
import { originOf } from "../graph/durable/stored-graphs.js";

/** The graph under which the runs of all stored workflows are kept. */
export const KEPT_UNDER = "stored-workflow";

/** Which workflow a stored run is of, and the version that it began with. */
export interface StoredWorkflowName {
  readonly workflow: string;
  readonly version: string;
}

/**
 * Tells of a run's record which stored workflow it is of, without asking for its definition.
 *
 * @returns Nothing for a run of a graph in code, and where what the run was begun with is erased.
 */
export function storedWorkflowOf(
  record: Pick<FlowRecord, "graph" | "input">,
): StoredWorkflowName | undefined {
  const { workflow, version } = (record.graph === KEPT_UNDER ? originOf(record) : undefined) ?? {};
  if (typeof workflow !== "string" || typeof version !== "string") return undefined;
  return { workflow, version };
}
