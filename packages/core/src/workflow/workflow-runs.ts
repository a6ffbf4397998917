import type { RunStatus, StoredError } from "@salesagent/ports";
import type { RunScope, WaitFor } from "../graph/index.js";
import type { CompiledWorkflow } from "./compile-workflow.js";
import type { WorkflowLogEntry } from "./workflow-state.js";

/** A run of a workflow, step by step. */
export interface WorkflowLog {
  readonly status: RunStatus;
  /** Nodes that are done, in their order. */
  readonly steps: readonly WorkflowLogEntry[];
  /** Nodes that run, wait or failed. */
  readonly open: readonly string[];
  readonly on: readonly WaitFor[];
  /** Why the run failed; the message names the node. */
  readonly error?: StoredError;
  readonly stop?: { readonly by: string; readonly reason: string; readonly at: string };
}

/** What a run has done, and where it stands. @returns Nothing for an unknown run. */
export async function workflowLog(
  workflow: CompiledWorkflow,
  runId: string,
  scope: RunScope = {},
): Promise<WorkflowLog | undefined> {
  const view = await workflow.getState(runId, scope);
  if (!view) return undefined;
  const { status, state, next, on, error, stop } = view;
  return { status, steps: state.log, open: next, on, ...(error && { error }), ...(stop && { stop }) };
}
