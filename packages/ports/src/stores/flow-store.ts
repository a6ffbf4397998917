import type { CallOptions } from "../call-options.js";
import type { JsonValue } from "../json.js";
import type { Page, PageRequest } from "./page.js";
import type { RunStatus, StoredError } from "./run-store.js";

/** A run of a graph, as it is kept. */
export interface FlowRecord {
  /** 1–400 characters. */
  readonly id: string;
  /** The graph's name, and the version that the run is pinned to. */
  readonly graph: string;
  readonly version: string;
  readonly status: RunStatus;
  readonly input: JsonValue;
  readonly output?: JsonValue;
  readonly error?: StoredError;
  /** The conversation that it belongs to. */
  readonly threadId?: string;
  /** The run that it is a part of. */
  readonly parentId?: string;
  /** Number of the last checkpoint; 0 before the first. */
  readonly seq: number;
  /** Rises with every claim: whoever writes with an older one is refused. */
  readonly fence: number;
  /** Who works on it; absent while nobody does. */
  readonly owner?: string;
  /**
   * When it is due again, ISO 8601 in UTC; while somebody works on it, the end of the lease. Absent for one that only an event
   * can wake, and for one that has ended.
   */
  readonly dueAt?: string;
  /** Names of the events that would wake it; none unless it waits. */
  readonly awaiting: readonly string[];
  /** Set once somebody asked for its end; a fact of its own, and not the same as a reader who left. */
  readonly stop?: { readonly by: string; readonly reason: string; readonly at: string };
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a new run begins with. Without `dueAt` it is due at once. */
export type FlowStart = Pick<FlowRecord, "id" | "graph" | "version" | "input"> &
  Partial<Pick<FlowRecord, "threadId" | "parentId" | "dueAt">>;

/** A step inside a node whose result is remembered: it is not run again. */
export interface FlowStep {
  /** Names the superstep, the task and the step, such as `3/draft/0/send-mail`; 1–400 characters; unique in its run. */
  readonly key: string;
  readonly value: JsonValue;
}

/** The state after a superstep. */
export interface FlowCheckpoint {
  /** 1, 2, 3 …, without gaps. */
  readonly seq: number;
  /** What changed since the last one. */
  readonly delta: JsonValue;
  /** All of it, now and then, so that reading back is bounded. */
  readonly snapshot?: JsonValue;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** Progress that stands or falls together. */
export interface FlowWrite {
  readonly id: string;
  /** The fence under which the writer claimed the run. */
  readonly fence: number;
  readonly steps?: readonly FlowStep[];
  /** Takes the place of the steps that were remembered before; those of this very write come after it, and stay. */
  readonly checkpoint?: FlowCheckpoint;
  /** Names of events that were taken in by this progress; they are not given again. */
  readonly taken?: readonly string[];
  /** The version of the graph that the run is pinned to from now on; comes with a checkpoint that holds a snapshot. */
  readonly version?: string;
  /**
   * Absent: it goes on, and its lease stays. Else the lease ends. A run that would wait or pause is due at once where one of
   * the events that it waits for is there already, or its end was asked for.
   */
  readonly rest?:
    | { readonly status: "waiting"; readonly awaiting: readonly string[]; readonly dueAt?: string }
    | { readonly status: "pending"; readonly dueAt: string }
    | { readonly status: "completed"; readonly output: JsonValue }
    | { readonly status: "failed"; readonly error: StoredError }
    | { readonly status: "cancelled" };
}

/** An event for a run: an answer, an approval, a message. */
export interface FlowEvent {
  /** What the run waits for by this name; 1–400 characters. */
  readonly name: string;
  readonly payload: JsonValue;
}

/** What a claimed run goes on from. */
export interface FlowState {
  readonly record: FlowRecord;
  /** The last snapshot and the deltas after it, in order. */
  readonly snapshot?: FlowCheckpoint;
  readonly deltas: readonly FlowCheckpoint[];
  /** Steps that are remembered since the last checkpoint. */
  readonly steps: readonly FlowStep[];
  /** Events that came and were not taken in yet, oldest first. */
  readonly events: readonly FlowEvent[];
}

export interface FlowFilter {
  readonly graph?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly threadId?: string | undefined;
  readonly parentId?: string | undefined;
}

/** Runs of graphs of one tenant. */
export interface FlowStore {
  readonly port: "flow-store/1";
  /** @returns False when a run of this id is there already; nothing changes then. */
  create(start: FlowStart, call?: CallOptions): Promise<boolean>;
  get(id: string, call?: CallOptions): Promise<FlowRecord | undefined>;
  /**
   * All that a run goes on from, in one read. With the fence of a record, runs at rest and ended ones are read as well.
   *
   * @throws `flow.fenced` when the fence is not the latest; `store.not_found`.
   */
  load(id: string, fence: number, call?: CallOptions): Promise<FlowState>;
  /**
   * A lease that is over does no harm while nobody else has claimed the run. The last write may be made again, as when its
   * answer was lost: equal in all it says, and under a fence that is still the latest, it is answered as done and changes
   * nothing, even where the first one let the run rest or end.
   *
   * @throws `flow.fenced` when the run was claimed again since, rests or has ended; `store.invalid` when the checkpoint is not
   * the next, or a step is remembered already; `store.not_found`. Nothing was written then.
   */
  commit(write: FlowWrite, call?: CallOptions): Promise<void>;
  /**
   * Puts an event to a run, and makes it due when it waits for it. An event of a name that was put before and not taken in
   * yet is passed over.
   *
   * @returns False when there is no such run, or it has ended.
   */
  deliver(id: string, event: FlowEvent, call?: CallOptions): Promise<boolean>;
  /**
   * Asks for the run's end. One that waits is due at once, so that a worker ends it; whoever works on one hears of it by
   * `renew`. Who asks first is kept.
   *
   * @returns False when there is no such run, or it has ended.
   */
  stop(
    id: string,
    stop: { readonly by: string; readonly reason: string },
    call?: CallOptions,
  ): Promise<boolean>;
  /**
   * Makes a run that failed pending again, due at once, without its error and the end that was asked for: it goes on from its
   * last checkpoint, with the steps that are remembered and the events that were not taken in.
   *
   * @returns False when there is no such run, it has not failed, or what it would go on from was dropped or erased; nothing
   * changes then.
   */
  reopen(id: string, call?: CallOptions): Promise<boolean>;
  /** Latest creation first. */
  list(filter?: FlowFilter, page?: PageRequest, call?: CallOptions): Promise<Page<FlowRecord>>;
  /** Checkpoints by number, 1 first, each with its delta, and its snapshot where there is one. */
  history(id: string, page?: PageRequest, call?: CallOptions): Promise<Page<FlowCheckpoint>>;
}

/** A run that somebody may work on now. */
export interface FlowClaim {
  readonly tenant: string;
  readonly id: string;
  readonly graph: string;
  readonly version: string;
  readonly fence: number;
}

/** Which runs of all tenants are due, and who works on each. It holds no tenant's data but names of runs. */
export interface FlowQueue {
  readonly port: "flow-queue/1";
  /**
   * Claims runs that are due: pending, woken, or left by a worker whose lease is over. The earliest due first. A claim sets
   * the run's status to `running` and raises its fence, for the same owner too.
   *
   * @param want.leaseMs - Whole number, 0–86,400,000; a lease of 0 is over at once.
   */
  claim(
    want: {
      readonly owner: string;
      readonly leaseMs: number;
      readonly limit: number;
      /** Which graphs, in which versions, this worker can run. */
      readonly graphs: readonly { readonly name: string; readonly versions: readonly string[] }[];
    },
    call?: CallOptions,
  ): Promise<readonly FlowClaim[]>;
  /**
   * Prolongs leases, and never shortens one.
   *
   * @returns The claims that its workers must leave. `fenced`: claimed again since, at rest, or ended. `stopped`: the end was
   * asked for; the lease is prolonged all the same, so that the worker can write the end.
   */
  renew(
    claims: readonly FlowClaim[],
    leaseMs: number,
    call?: CallOptions,
  ): Promise<readonly (FlowClaim & { readonly reason: "fenced" | "stopped" })[]>;
  /**
   * Resolves when something may have become due since the last claim, or after the time; for workers that sleep between
   * claims. A run that is due, but that nobody claims, does not keep it from waiting.
   *
   * @throws `store.closed` as soon as the storage is closed.
   */
  wait(maxMs: number, call?: CallOptions): Promise<void>;
}
