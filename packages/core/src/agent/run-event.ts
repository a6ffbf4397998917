import type { JsonValue, ModelEvent, RunStatus, StoredError, Usage } from "@salesagent/ports";

export interface RunStartedEvent {
  readonly type: "run-started";
  readonly runId: string;
  readonly agent: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** A step begins: a model call with the tools that it asks for, or a step of the agent's own. */
export interface StepStartedEvent {
  readonly type: "step-started";
  readonly index: number;
  readonly kind: "model" | "rules";
  readonly name: string;
  /** It was done in an earlier life of the run, and is only told again. */
  readonly recalled?: true;
}

export interface ToolStartedEvent {
  readonly type: "tool-started";
  readonly callId: string;
  readonly name: string;
  readonly input: JsonValue;
  /** As of a step. */
  readonly recalled?: true;
}

export interface ToolFinishedEvent {
  readonly type: "tool-finished";
  readonly callId: string;
  readonly name: string;
  readonly output: JsonValue;
  readonly failed: boolean;
  readonly latencyMs: number;
  /** As of a step. */
  readonly recalled?: true;
}

/**
 * What is known of the output so far; each replaces the one before. It can still grow and change. Comes with every piece of
 * an answer of up to 2,000 characters, then each time that the answer has grown by 2 %, and when it is complete.
 */
export interface OutputPartialEvent {
  readonly type: "output-partial";
  readonly value: JsonValue;
}

/** The model's answer did not have the right shape and is asked for again: forget its partials and its text. */
export interface OutputRejectedEvent {
  readonly type: "output-rejected";
  readonly issues: readonly { readonly path: string; readonly message: string }[];
}

/** The run is done. Without this event there was no success. */
export interface RunCompletedEvent<Output> {
  readonly type: "run-completed";
  readonly output: Output;
  readonly summary: RunSummary;
}

/** What a run took. */
export interface RunSummary {
  readonly runId: string;
  readonly usage: Usage;
  /** Of all model calls. Absent when a price is unknown: unknown is not free. */
  readonly costUsd?: number;
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly latencyMs: number;
}

/** What every agent's run can yield while it works. */
export type WorkEvent =
  | StepStartedEvent
  | ModelEvent
  | ToolStartedEvent
  | ToolFinishedEvent
  | OutputPartialEvent
  | OutputRejectedEvent;

/** What a run yields. `Own` are the events of one kind of agent. */
export type RunEvent<Output, Own = never> = RunStartedEvent | WorkEvent | RunCompletedEvent<Output> | Own;

/** How a run ended, as it is stored. */
export interface RunEnd {
  readonly status: Extract<RunStatus, "completed" | "failed" | "cancelled">;
  readonly output?: JsonValue;
  readonly error?: StoredError;
}
