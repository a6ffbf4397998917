import type { Clock, JsonObject, JsonValue } from "@salesagent/ports";
import type { GraphEvent } from "./graph-event.js";

/** One run of a node that is to come. Plain JSON, as all that is kept: types and not interfaces, so that they are `JsonObject`s. */
export type PlannedTask = {
  readonly node: string;
  /** Tells the tasks of one node in one superstep apart: 0, 1, 2 … */
  readonly index: number;
  /** What a `Send` gave; absent for a task that an edge leads to, which is given the state. */
  readonly payload?: JsonValue;
  /** By what name its steps and effects are known, where a migration gave its node another one. @defaultValue the node's */
  readonly as?: string;
};

/** Which sources of each join have been there, by the join's id; a join that is released is left out. */
export type ArrivedJoins = Readonly<Record<string, readonly string[]>>;

/** All that a run is between two supersteps. Plain JSON. */
export type FlowSnapshot = {
  /** How many supersteps are done. */
  readonly superstep: number;
  readonly values: JsonObject;
  /** What runs next, in the order in which it writes; empty at the end. */
  readonly tasks: readonly PlannedTask[];
  readonly joins: ArrivedJoins;
};

/** What a task wrote: already checked, not yet reduced. */
export type TaskWrite = {
  readonly node: string;
  readonly update: JsonObject;
};

/** What one superstep did. Plain JSON: it holds the writes, not the values that they led to. */
export type FlowDelta = {
  /** The number of the superstep, from 1 on. */
  readonly superstep: number;
  /** In the order in which they are applied. */
  readonly writes: readonly TaskWrite[];
  readonly tasks: readonly PlannedTask[];
  /** Absent when no join is half full. */
  readonly joins?: ArrivedJoins;
  /** No superstep: the run came to another version of its graph, and a whole snapshot stands beside it. */
  readonly migration?: FlowMigration;
};

/** How a run came to another version of its graph. Plain JSON. */
export type FlowMigration = {
  readonly from: string;
  readonly to: string;
  /** What is remembered of the superstep that comes next; the checkpoint takes the place of the steps themselves. */
  readonly steps: readonly RememberedStep[];
};

/** A step that a run remembers, by its key. */
export type RememberedStep = { readonly key: string; readonly value: JsonValue };

/** Something that a run waits for. Plain JSON. */
export type WaitFor =
  | {
      readonly kind: "interrupt";
      /** The name by which its answer is delivered; unique in the run. */
      readonly name: string;
      readonly node: string;
      readonly payload: JsonValue;
      /** Why the answer that came was refused; it must be dropped, and the run waits for another. */
      readonly problem?: string;
      /** When it stops waiting, ISO 8601 in UTC. */
      readonly dueAt?: string;
    }
  | {
      readonly kind: "event";
      /** The name that the node waits for. */
      readonly name: string;
      readonly node: string;
      /** When it stops waiting, ISO 8601 in UTC. */
      readonly dueAt?: string;
    }
  | {
      readonly kind: "sleep";
      readonly name: string;
      readonly node: string;
      /** ISO 8601 in UTC. */
      readonly dueAt: string;
    };

/** What keeps a run while the engine decides. The engine calls nothing else. */
export interface FlowHost {
  readonly runId: string;
  readonly tenant?: string | undefined;
  readonly clock: Clock;
  /** Numbers in [0, 1), for the waits between tries. */
  readonly random: () => number;
  /** Stands before every key; a sub-graph's host has one. @defaultValue nothing */
  readonly prefix?: string | undefined;
  /** Of the claim of the run; see `NodeContext`. @defaultValue none: nobody else can have it */
  readonly fence?: number | undefined;
  /** Supersteps that the run may take. @defaultValue the graph's */
  readonly recursionLimit?: number | undefined;
  /** What was remembered in this superstep under the key. */
  recall(key: string): JsonValue | undefined;
  /**
   * Keeps a value until the superstep's delta is kept.
   *
   * @param taken - An event that this value was made from: it is not given again. Both are kept, or neither.
   * @returns Nothing, or a promise that resolves when it is kept. Its failure fails the superstep.
   */
  remember(key: string, value: JsonValue, taken?: string): void | Promise<void>;
  /** An answer or an event that came for the run and was not taken yet. */
  event(name: string): JsonValue | undefined;
  /** Is told what happens. Absent: nobody watches, and no event is made. It must not throw. */
  readonly emit?: ((event: GraphEvent) => void) | undefined;
}

/** What a superstep came to. */
export type Advance =
  | { readonly kind: "advanced"; readonly delta: FlowDelta; readonly snapshot: FlowSnapshot }
  | {
      readonly kind: "finished";
      readonly delta: FlowDelta;
      readonly snapshot: FlowSnapshot;
      /** The values of all fields. */
      readonly output: JsonObject;
    }
  /** Nothing changed but what was remembered; the same superstep is to be run again when something came. */
  | { readonly kind: "waiting"; readonly on: readonly WaitFor[] };
