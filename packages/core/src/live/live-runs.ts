import type {
  CallOptions,
  JsonObject,
  JsonValue,
  MessageRecord,
  Page,
  PageRequest,
  RunStatus,
  StoredError,
} from "@salesagent/ports";
import type { AnyEvent, Run, RunOptions } from "../agent/index.js";
import type { WaitFor } from "../graph/index.js";

/** What anybody sees of a run: without it, what is private to a run of one kind would keep it from being one of any kind. */
type AnyRun = Pick<Run<unknown, AnyEvent>, keyof Run<unknown, AnyEvent>>;

/** An agent of any input and output: every agent of this SDK is one. */
export interface LiveAgent {
  readonly name: string;
  run(input: never, options: RunOptions): AnyRun;
}

/** What a run of an agent begins with. */
export interface LiveRunRequest {
  /** The name of an agent of the app. */
  readonly agent: string;
  readonly input: JsonValue;
  /** The conversation that it belongs to. */
  readonly threadId?: string | undefined;
  /** The stored lead that it is about. */
  readonly leadId?: string | undefined;
  readonly campaignId?: string | undefined;
  /** Who begins it, such as `user:42`. */
  readonly by: string;
  /** 1–300 characters; the run's id, and its stream's. @defaultValue a new one */
  readonly id?: string | undefined;
}

/** What a run of a stored workflow begins with. */
export interface LiveWorkflowRequest {
  readonly workflow: string;
  readonly input: JsonObject;
  /** @defaultValue the active one */
  readonly version?: string | undefined;
  readonly threadId?: string | undefined;
  readonly leadId?: string | undefined;
  readonly by: string;
  readonly id?: string | undefined;
}

/** A call that a run waits for a person with; `createApprovals` decides it. */
export interface WaitingApproval {
  readonly approvalId: string;
  readonly tool: string;
}

/** A durable run, in short. */
export interface LiveRunSummary {
  readonly id: string;
  /** `graph`: a durable run that the host began by itself. */
  readonly kind: "agent" | "workflow" | "graph";
  /** The agent's, the workflow's or the graph's name; `[erased]` where it went with the data of a person. */
  readonly name: string;
  /** Of a workflow or a graph. */
  readonly version?: string;
  readonly status: RunStatus;
  readonly error?: StoredError;
  readonly stop?: { readonly by: string; readonly reason: string; readonly at: string };
  readonly threadId?: string;
  /** The stored lead that it is about; in lists, of an agent's run alone. */
  readonly leadId?: string;
  /** Of all model calls on record. Absent when a price is unknown, which is not free, and where nothing is on record yet. */
  readonly costUsd?: number;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A durable run as it stands. */
export interface LiveRunView extends LiveRunSummary {
  /** The stream that tells of it; another one from each `retry` on. Absent where it has none, or its time to be kept is over. */
  readonly streamId?: string;
  readonly startedBy?: string;
  readonly input?: JsonValue;
  readonly output?: JsonValue;
  /** What it waits for, approvals among it. */
  readonly waitsFor: readonly WaitFor[];
  readonly approvals: readonly WaitingApproval[];
  /** Runs on record that it was made of, one for each life: their steps and model calls are found by these. */
  readonly runIds: readonly string[];
}

/** What a run came to, or rests at. */
export type LiveRunResult =
  | { readonly status: "completed"; readonly id: string; readonly output: JsonValue }
  | {
      readonly status: "waiting";
      readonly id: string;
      readonly waitsFor: readonly WaitFor[];
      readonly approvals: readonly WaitingApproval[];
    }
  | { readonly status: "failed"; readonly id: string; readonly error: StoredError }
  | { readonly status: "cancelled"; readonly id: string; readonly stop?: NonNullable<LiveRunView["stop"]> };

export interface LiveRunFilter {
  readonly agent?: string | undefined;
  readonly workflow?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly threadId?: string | undefined;
}

/** A conversation as it stands. */
export interface ThreadState {
  readonly threadId: string;
  /** Its latest run. */
  readonly run?: LiveRunSummary;
  /** What was said last, oldest first; at most 100. */
  readonly messages: readonly MessageRecord[];
}

/** Who asks for something. */
export interface AskedBy extends CallOptions {
  /** Such as `user:42`. */
  readonly by: string;
}

/**
 * Runs that outlive the process that began them: some process works on each, another takes it over when that one dies. What a run
 * tells is kept in the stream of its id, for any number of readers.
 *
 * Events of an agent's run are the agent's own (`run-started`, `step-started`, `text-delta`, `tool-started` …), each with its fields
 * but `type` as `data`, and: `run-resumed` (it goes on after a wait or in another process: forget the text, the partial output and the
 * tool calls of the step that was under way, they are told again), `approval-requested`, and one of `run-completed`, `run-failed` and
 * `run-cancelled` at the end. While it waits, `run-waiting` says for what. Of a workflow's run: `run-started`, `workflow-step`, and the
 * same besides.
 */
export interface LiveRuns {
  /**
   * Begins a durable run of an agent. It works on, whoever reads; only `cancel` ends it.
   *
   * @throws `agent.unknown`; `flow.wrong_state` when the id is taken; what the storage throws.
   */
  start(tenant: string, request: LiveRunRequest, call?: CallOptions): Promise<{ readonly id: string }>;
  /** @throws `store.not_found` for a workflow that is not stored; `graph.state_invalid` for an input that does not fit; as `start`. */
  startWorkflow(
    tenant: string,
    request: LiveWorkflowRequest,
    call?: CallOptions,
  ): Promise<{ readonly id: string }>;
  /** Nothing for a run that is unknown to this tenant. */
  get(tenant: string, id: string, call?: CallOptions): Promise<LiveRunView | undefined>;
  /** Latest first. With an agent or a workflow, a page may hold fewer than its limit, and others may follow all the same. */
  list(
    tenant: string,
    filter?: LiveRunFilter,
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<LiveRunSummary>>;
  /**
   * Waits until a run ends or rests.
   *
   * @throws `flow.wrong_state` for a run that is unknown; `call.timed_out` when it takes longer than `timeoutMs`; the signal's reason.
   */
  result(
    tenant: string,
    id: string,
    options?: CallOptions & { readonly timeoutMs?: number | undefined },
  ): Promise<LiveRunResult>;
  /** Ends a run for good, in whatever process it is. @returns False when it is unknown or has ended. */
  cancel(tenant: string, id: string, stop: AskedBy & { readonly reason: string }): Promise<boolean>;
  /**
   * Goes on with a run that failed, as the same run; what is done is not done again. It is told in a new stream, as one that has ended
   * stays so.
   *
   * @throws `flow.wrong_state` for a run that has not failed.
   */
  retry(
    tenant: string,
    id: string,
    asked: AskedBy,
  ): Promise<{ readonly id: string; readonly streamId: string }>;
  /** Puts an answer or an event to a run that waits for it by this name. @returns False when it is unknown or has ended. */
  answer(tenant: string, id: string, name: string, payload: JsonValue, call?: CallOptions): Promise<boolean>;
  /** Nothing where neither a run nor a message is of this thread. */
  state(tenant: string, threadId: string, call?: CallOptions): Promise<ThreadState | undefined>;
  /** The runs of a thread, latest first. */
  history(
    tenant: string,
    threadId: string,
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<LiveRunSummary>>;
}
