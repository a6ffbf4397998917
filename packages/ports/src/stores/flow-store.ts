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
  /** When it is due again, ISO 8601 in UTC. Absent for one that only an event can wake, and for one that has ended. */
  readonly dueAt?: string;
  /** Names of the events that would wake it. */
  readonly awaiting: readonly string[];
  /** Set once somebody asked for its end; a fact of its own, and not the same as a reader who left. */
  readonly stop?: { readonly by: string; readonly reason: string; readonly at: string };
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a new run begins with. */
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
  /** Replaces what steps were remembered for the supersteps up to it. */
  readonly checkpoint?: FlowCheckpoint;
  /** Names of events that were taken in by this progress; they are not given again. */
  readonly taken?: readonly string[];
  /** Absent: it goes on, and its lease stays. Else the lease ends. */
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
  /** All that a claimed run goes on from, in one read. @throws `flow.fenced` when the fence is not the latest. */
  load(id: string, fence: number, call?: CallOptions): Promise<FlowState>;
  /** @throws `flow.fenced` when the run was claimed by somebody else since, or has ended: nothing was written. */
  commit(write: FlowWrite, call?: CallOptions): Promise<void>;
  /**
   * Puts an event to a run, and makes it due when it waits for it. An event of a name that was put before and not taken in
   * yet is passed over.
   *
   * @returns False when there is no such run, or it has ended.
   */
  deliver(id: string, event: FlowEvent, call?: CallOptions): Promise<boolean>;
  /**
   * Asks for the run's end and makes it due, so that a worker ends it. @returns False when there is no such run, or it has ended.
   */
  stop(
    id: string,
    stop: { readonly by: string; readonly reason: string },
    call?: CallOptions,
  ): Promise<boolean>;
  /** Latest creation first. */
  list(filter?: FlowFilter, page?: PageRequest, call?: CallOptions): Promise<Page<FlowRecord>>;
  /** Checkpoints by number, each with what it needs to be read back: the deltas, and snapshots where there are. */
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
   * the run's status to `running` and raises its fence.
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
  /** Prolongs leases. @returns The claims that are lost: claimed by somebody else since, ended, or asked to stop. */
  renew(
    claims: readonly FlowClaim[],
    leaseMs: number,
    call?: CallOptions,
  ): Promise<readonly (FlowClaim & { readonly reason: "fenced" | "stopped" })[]>;
  /** Resolves when something may have become due, or after the time; for workers that sleep between claims. */
  wait(maxMs: number, call?: CallOptions): Promise<void>;
}
