import type { RunStatus, StoredError } from "@salesagent/ports";
import { wrongState } from "../graph/graph-errors.js";
import type { RunOptions, RunOutcome, RunScope, WaitFor } from "../graph/index.js";
import type { CompiledWorkflow } from "./compile-workflow.js";
import type { WorkflowLogEntry, WorkflowState } from "./workflow-state.js";

/** How a failed run is tried again. */
export interface WorkflowRetryOptions extends RunOptions {
  /** Of the new run. @defaultValue a new one */
  readonly runId?: string;
}

/**
 * Runs a failed run again from before the step that failed, as a new run: the failed one stays on record. Effects of the two are
 * the same ones, so what the failed step had done already is not done again.
 *
 * @throws SalesAgentError `flow.wrong_state` for a run that is unknown or has not failed; else as `invoke`.
 */
export async function retryFromFailure(
  workflow: CompiledWorkflow,
  failedRunId: string,
  { runId, ...options }: WorkflowRetryOptions = {},
): Promise<RunOutcome<WorkflowState>> {
  const { tenant, signal } = options;
  const view = await workflow.getState(failedRunId, { tenant, signal });
  if (view?.status !== "failed") {
    throw wrongState(failedRunId, view?.status ?? "unknown", "only a run that failed is tried again");
  }
  const { scope } = view.state;
  const fork = await workflow.fork(failedRunId, {
    tenant,
    update: { scope: { runId: failedRunId, ...scope } },
    ...(runId !== undefined && { runId }),
  });
  return workflow.resume(fork, options);
}

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
