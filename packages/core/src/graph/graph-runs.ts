import type { EventStream, JsonObject, JsonValue, RunStatus, StoredError } from "@salesagent/ports";
import type { WaitFor } from "./flow.js";
import type { GraphEvent } from "./graph-event.js";
import type { GraphPlan, RunMeans } from "./graph-plan.js";

/** How a run is begun or gone on with. */
export interface RunOptions {
  /** Ends the call with its own reason, within one turn. The run is not stopped by it: it can be resumed. */
  readonly signal?: AbortSignal | undefined;
  /** Whose run it is. */
  readonly tenant?: string | undefined;
  /** Supersteps that the run may take in all. @defaultValue the graph's */
  readonly recursionLimit?: number | undefined;
}

export interface StartOptions extends RunOptions {
  /** @defaultValue a new one */
  readonly runId?: string | undefined;
  /** The conversation that it belongs to. */
  readonly threadId?: string | undefined;
}

export interface ResumeOptions extends RunOptions {
  /** The answer, where the run waits for a single one. */
  readonly answer?: JsonValue;
  /** Answers and events by the names under which the run waits for them. */
  readonly answers?: Readonly<Record<string, JsonValue>>;
}

/** Which events a stream brings. The last event comes in every mode. */
export type StreamMode = "values" | "updates" | "custom" | "events";

/** Chooses the events: `values` the states, `updates` what nodes wrote, `custom` what they emit, `events` everything. */
export interface StreamOptions {
  /** @defaultValue "events" */
  readonly mode?: StreamMode | readonly StreamMode[] | undefined;
}

/** What a call came to. */
export type RunOutcome<State> =
  | { readonly status: "completed"; readonly runId: string; readonly state: State }
  | {
      readonly status: "waiting";
      readonly runId: string;
      readonly state: State;
      readonly on: readonly WaitFor[];
    };

/** A run as it stands. */
export interface RunView<State> {
  readonly runId: string;
  readonly status: RunStatus;
  /** Of the graph, that it is pinned to. */
  readonly version: string;
  /**
   * Why it can't go on with the graph that was asked: nothing leads on from its version (`graph.version_unknown`), or the migration
   * does not fit it as it stands (`graph.migration_refused`). It goes on with a worker that has its version.
   */
  readonly blocked?: StoredError;
  /** What it went on from was dropped, by retention or because it told of a person: `state` is its output, or empty. */
  readonly isEmptied?: boolean;
  /** How many supersteps are done. */
  readonly superstep: number;
  /** As the graph's version has it. Where it is blocked: as its own version has it, and empty where that is unknown here. */
  readonly state: State;
  /** Nodes that run next, once for each task. */
  readonly next: readonly string[];
  /** What it waits for. */
  readonly on: readonly WaitFor[];
  readonly error?: StoredError;
  readonly stop?: { readonly by: string; readonly reason: string; readonly at: string };
  readonly threadId?: string;
  /** Where it was forked from. */
  readonly forkOf?: { readonly runId: string; readonly superstep: number };
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** A run as it stood after a superstep. */
export interface HistoryPoint<State> {
  readonly superstep: number;
  /** Of the graph, that it had then. A migration adds a point of its own. */
  readonly version: string;
  /** As it was then: before a migration, as the older version had it. */
  readonly state: State;
  readonly next: readonly string[];
  /** Who wrote what; empty before the first superstep. */
  readonly writes: readonly { readonly node: string; readonly update: JsonObject }[];
  /** ISO 8601 in UTC. */
  readonly at: string;
}

export interface ForkOptions<Update> {
  /** The superstep after which it begins. @defaultValue the last one */
  readonly superstep?: number;
  /** Is written to the state, by the fields' reducers, before the fork goes on. */
  readonly update?: Update;
  /** @defaultValue a new one */
  readonly runId?: string;
  readonly tenant?: string | undefined;
}

/** Finds a run; without its own tenant it is not found. */
export interface RunScope {
  readonly tenant?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A stream of a run: read once, lazy, and left with `break`. */
export type GraphStream<State, Update> = EventStream<GraphEvent<State, Update>, RunOutcome<State>>;

/** The runs of one graph, whoever keeps them. */
export interface GraphRuns<State, Update, Input = Update> {
  /**
   * Runs the graph until it ends or waits.
   *
   * @throws SalesAgentError of `graph.*`; the signal's reason.
   */
  invoke(input: Input, options?: StartOptions): Promise<RunOutcome<State>>;
  /** The same, told as it happens. Nothing runs before it is read. */
  stream(input: Input, options?: StartOptions & StreamOptions): GraphStream<State, Update>;
  /** Begins a run, and does not wait for it. @returns Its id. @throws As `invoke`, for what does not fit the graph. */
  begin(input: Input, options?: StartOptions): Promise<string>;
  /**
   * Goes on with a run that waits or was left.
   *
   * @throws SalesAgentError `flow.wrong_state` for a run that is unknown, runs, or has ended; else as `invoke`. TypeError
   *   when one `answer` is given and the run does not wait for exactly one.
   */
  resume(runId: string, options?: ResumeOptions): Promise<RunOutcome<State>>;
  resumeStream(runId: string, options?: ResumeOptions & StreamOptions): GraphStream<State, Update>;
  /**
   * Goes on with a run that failed, from its last superstep, as the same run: steps that are done are remembered, and effects
   * keep their names.
   *
   * @throws SalesAgentError `flow.wrong_state` for a run that has not failed; else as `invoke`.
   */
  retry(runId: string, options?: RunOptions): Promise<RunOutcome<State>>;
  retryStream(runId: string, options?: RunOptions & StreamOptions): GraphStream<State, Update>;
  /** Puts an event to a run, for `ctx.waitFor` or an interrupt. @returns False when there is no such run, or it has ended. */
  deliver(runId: string, name: string, payload: JsonValue, scope?: RunScope): Promise<boolean>;
  /** Ends a run for good. A fact of its own: a reader who left does not stop it. @returns False when it has ended or is unknown. */
  stop(
    runId: string,
    stop: { readonly by: string; readonly reason: string },
    scope?: RunScope,
  ): Promise<boolean>;
  getState(runId: string, scope?: RunScope): Promise<RunView<State> | undefined>;
  /** Latest first; empty for an unknown run. What lies in versions that can't be read any more is left out. */
  getHistory(runId: string, scope?: RunScope): Promise<readonly HistoryPoint<State>[]>;
  /** Makes a new run of a past point of another. @returns Its id; it is `pending` until it is resumed. */
  fork(runId: string, options?: ForkOptions<Update>): Promise<string>;
}

/** What keeps the runs of graphs: in memory, or somewhere that outlives the process. */
export interface Checkpointer {
  runs<State, Update, Input>(plan: GraphPlan, means: RunMeans): GraphRuns<State, Update, Input>;
}
