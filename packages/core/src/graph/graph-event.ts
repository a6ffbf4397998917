import type { JsonObject, JsonValue } from "@salesagent/ports";
import type { WaitFor } from "./flow.js";

interface GraphEventBase {
  readonly runId: string;
  /** The nodes of the graphs around, outermost first; empty for the graph that was called. */
  readonly path: readonly string[];
}

interface TaskEventBase extends GraphEventBase {
  readonly superstep: number;
  readonly node: string;
  readonly index: number;
}

/** A run begins, or goes on after a wait or a failure. */
export interface RunStartedEvent extends GraphEventBase {
  readonly type: "run-started";
  /** Supersteps that were done before; 0 for a new run. */
  readonly superstep: number;
}

export interface SuperstepStartedEvent extends GraphEventBase {
  readonly type: "superstep-started";
  /** From 1 on. */
  readonly superstep: number;
  /** Which nodes run, once for each task. */
  readonly nodes: readonly string[];
}

export interface NodeStartedEvent extends TaskEventBase {
  readonly type: "node-started";
}

export interface NodeRetriedEvent extends TaskEventBase {
  readonly type: "node-retried";
  /** The try that failed, from 1 on. */
  readonly attempt: number;
  readonly waitMs: number;
  readonly message: string;
}

export interface NodeFinishedEvent<Update = JsonObject> extends TaskEventBase {
  readonly type: "node-finished";
  readonly update: Update;
  /** Where the outcome is from: the node ran, the run had finished it before, or the node's cache. */
  readonly from: "run" | "memory" | "cache";
}

/** The state after a superstep; the first tells the state before any. */
export interface StateEvent<State = JsonObject> extends GraphEventBase {
  readonly type: "state";
  readonly superstep: number;
  readonly state: State;
}

/** What a node told by `ctx.emit`. */
export interface CustomEvent extends TaskEventBase {
  readonly type: "custom";
  readonly data: JsonValue;
}

/** The last event of a stream whose run waits. */
export interface InterruptedEvent<State = JsonObject> extends GraphEventBase {
  readonly type: "interrupted";
  readonly state: State;
  readonly on: readonly WaitFor[];
}

/** The last event of a stream whose run reached its end. */
export interface RunCompletedEvent<State = JsonObject> extends GraphEventBase {
  readonly type: "run-completed";
  readonly state: State;
}

/** What a run of a graph tells. A stream ends with `run-completed` or `interrupted`, or it throws. */
export type GraphEvent<State = JsonObject, Update = JsonObject> =
  | RunStartedEvent
  | SuperstepStartedEvent
  | NodeStartedEvent
  | NodeRetriedEvent
  | NodeFinishedEvent<Update>
  | StateEvent<State>
  | CustomEvent
  | InterruptedEvent<State>
  | RunCompletedEvent<State>;
