import type { Clock, JsonObject, JsonValue, StandardSchema } from "@salesagent/ports";
import type { RetryOptions } from "../resilience/retry.js";
import type { PlannedTask } from "./flow.js";
import type { MigrationPlan } from "./migration.js";
import type { NodeCache } from "./node-cache.js";
import type { NodeContext } from "./node-context.js";
import type { TaskEnd, TaskRun } from "./task-run.js";

/** A field, as the engine sees it: what stands in a state is JSON. */
export interface FieldPlan {
  readonly name: string;
  readonly schema: StandardSchema | undefined;
  readonly update: StandardSchema | undefined;
  readonly default: (() => unknown) | undefined;
  readonly reducer: { reduce(current: unknown, update: unknown): unknown } | undefined;
}

/** A choice that is made after a node. */
export interface BranchPlan {
  readonly choose: (state: JsonObject) => unknown;
  /** What `choose` says, and the node that it means. Absent: it names nodes. */
  readonly mapping: ReadonlyMap<string, string> | undefined;
}

/** A target that waits for several sources. */
export interface JoinPlan {
  readonly id: string;
  readonly to: number;
  /** In the order of declaration. */
  readonly from: readonly string[];
}

/** Where it goes on after a node, or after the start. */
export interface ExitPlan {
  readonly to: readonly number[];
  /** Whether an edge leads to the end. */
  readonly toEnd: boolean;
  readonly branches: readonly BranchPlan[];
  readonly joins: readonly JoinPlan[];
  /** What comes next when all there is are plain edges. */
  readonly next: readonly PlannedTask[] | undefined;
}

export type NodeRun = (input: JsonValue, context: NodeContext) => unknown;

/** Runs a graph as a task. */
export type SubGraphRun = (
  run: TaskRun,
  input: JsonValue,
  signal: AbortSignal | undefined,
) => Promise<TaskEnd>;

export interface NodePlan {
  readonly name: string;
  /** Its place in the order of declaration, which is the order of writes. */
  readonly order: number;
  readonly work:
    | { readonly kind: "function"; readonly run: NodeRun }
    | { readonly kind: "graph"; readonly run: SubGraphRun };
  /** Checks what a `Send` gives. */
  readonly payload: StandardSchema | undefined;
  readonly retry: Omit<RetryOptions, "signal" | "clock" | "random" | "onWait"> | undefined;
  readonly timeoutMs: number | undefined;
  readonly cache: NodeCache | undefined;
  /** Where its commands may lead. */
  readonly ends: ReadonlySet<string> | undefined;
  /** Whether only a command says where it goes on, and the end is not among its ends. */
  readonly mustGo: boolean;
  readonly exits: ExitPlan;
}

/** A graph that was checked and put in the form in which it runs. */
export interface GraphPlan {
  readonly name: string;
  readonly version: string;
  readonly fields: ReadonlyMap<string, FieldPlan>;
  /** In the order of declaration. */
  readonly nodes: readonly NodePlan[];
  readonly nodesByName: ReadonlyMap<string, NodePlan>;
  readonly start: ExitPlan;
  readonly joins: readonly JoinPlan[];
  readonly recursionLimit: number;
  readonly concurrency: number;
  readonly maxStateBytes: number;
  /** How runs of older versions go on with this one, by the versions that they come from. */
  readonly migrations: ReadonlyMap<string, MigrationPlan>;
}

/** What runs in one process are given; the defaults are the machine's. */
export interface RunMeans {
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
}
