import type {
  CallOptions,
  JsonObject,
  JsonValue,
  Page,
  PageRequest,
  RunStatus,
  StoredError,
  WorkflowRecord,
} from "@salesagent/ports";
import type {
  ResumeOptions,
  RunOptions,
  RunOutcome,
  RunView,
  StartOptions,
  StreamOptions,
} from "../graph/index.js";
import type { CompiledWorkflow } from "./compile-workflow.js";
import type { WorkflowLog } from "./workflow-runs.js";
import type { WorkflowState } from "./workflow-state.js";

/** Whose workflows and runs they are. */
export interface WorkflowScopeOptions extends CallOptions {
  readonly tenant: string;
}

export interface SaveOptions extends WorkflowScopeOptions {
  /** Who puts it there, such as `user:42`. */
  readonly by: string;
  readonly note?: string | undefined;
  /** Whether new runs begin with it from now on. The first version of a name always is. @defaultValue false */
  readonly activate?: boolean | undefined;
}

export interface WorkflowStart extends StartOptions {
  readonly tenant: string;
  /** @defaultValue the active one */
  readonly version?: string | undefined;
}

/** Asks for a run of one tenant. */
export type OfTenant<Options> = Options & { readonly tenant: string };

/** A run of a stored workflow, in short. */
export interface WorkflowRun {
  readonly runId: string;
  readonly workflow: string;
  readonly version: string;
  readonly status: RunStatus;
  readonly error?: StoredError;
  readonly stop?: { readonly by: string; readonly reason: string; readonly at: string };
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The log of a run of a stored workflow. */
export interface StoredWorkflowLog extends WorkflowLog {
  readonly workflow: string;
  /** The version that the run began with. */
  readonly version: string;
}

/** Workflows that are stored, and their runs: begun, answered, stopped and tried again from any process. */
export interface Workflows {
  /**
   * Checks a definition and stores it. A version never changes: save another one.
   *
   * @param definition - Plain JSON, from anywhere.
   * @returns The record; the one that stands, where this very version was saved before.
   * @throws SalesAgentError `graph.invalid` with all that is wrong, naming the nodes; `store.invalid` when the version stands with
   *   another definition. Nothing was stored then.
   */
  save(definition: unknown, options: SaveOptions): Promise<WorkflowRecord>;
  get(
    name: string,
    options: WorkflowScopeOptions & { readonly version?: string | undefined },
  ): Promise<WorkflowRecord | undefined>;
  /** Latest first. */
  list(
    filter: WorkflowScopeOptions & {
      readonly name?: string | undefined;
      readonly active?: boolean | undefined;
    },
    page?: PageRequest,
  ): Promise<Page<WorkflowRecord>>;
  /**
   * Lets new runs begin with this version, also to go back to an older one. Runs that are under way stay with theirs.
   *
   * @throws SalesAgentError `store.not_found`; `graph.invalid` where this process can't run it.
   */
  activate(
    name: string,
    version: string,
    options: WorkflowScopeOptions & { readonly by: string },
  ): Promise<void>;
  /**
   * Begins a run, and waits until it ends or waits. It is pinned to this version, and to the versions that its sub-workflows have
   * now.
   *
   * @throws SalesAgentError `store.not_found` for a workflow that is not stored; `graph.*` as of a graph's `invoke`.
   */
  run(name: string, input: JsonObject, options: WorkflowStart): Promise<RunOutcome<WorkflowState>>;
  /** The same, told as it happens. Nothing runs before it is read. */
  stream(
    name: string,
    input: JsonObject,
    options: WorkflowStart & StreamOptions,
  ): Promise<ReturnType<CompiledWorkflow["stream"]>>;
  /** Begins a run, and does not wait for it. @returns Its id. @throws As `run`, for what does not fit the workflow. */
  begin(name: string, input: JsonObject, options: WorkflowStart): Promise<string>;
  /** Goes on with a run that waits or was left. @throws As `resume` of a graph. */
  resume(runId: string, options: OfTenant<ResumeOptions>): Promise<RunOutcome<WorkflowState>>;
  resumeStream(
    runId: string,
    options: OfTenant<ResumeOptions & StreamOptions>,
  ): Promise<ReturnType<CompiledWorkflow["stream"]>>;
  /** Goes on with a run that failed, from the step that failed; what is done is not done again. @throws As `retry` of a graph. */
  retry(runId: string, options: OfTenant<RunOptions>): Promise<RunOutcome<WorkflowState>>;
  retryStream(
    runId: string,
    options: OfTenant<RunOptions & StreamOptions>,
  ): Promise<ReturnType<CompiledWorkflow["stream"]>>;
  /** Puts an event to a run, for a wait. @returns False when there is no such run, or it has ended. */
  deliver(runId: string, event: string, payload: JsonValue, options: WorkflowScopeOptions): Promise<boolean>;
  /** Ends a run for good. @returns False when there is no such run, or it has ended. */
  cancel(
    runId: string,
    options: WorkflowScopeOptions & { readonly by: string; readonly reason: string },
  ): Promise<boolean>;
  /** Nothing for a run that is unknown. */
  state(runId: string, options: WorkflowScopeOptions): Promise<RunView<WorkflowState> | undefined>;
  /** What a run has done step by step, and where it stands; nothing for one that is unknown. */
  log(runId: string, options: WorkflowScopeOptions): Promise<StoredWorkflowLog | undefined>;
  /** Latest first. With the name of a workflow, a page may hold fewer than its limit, and others may follow all the same. */
  runs(
    filter: WorkflowScopeOptions & {
      readonly workflow?: string | undefined;
      readonly status?: RunStatus | undefined;
    },
    page?: PageRequest,
  ): Promise<Page<WorkflowRun>>;
}
