import type { JsonValue } from "@salesagent/ports";
import type { FlowHost, PlannedTask, WaitFor } from "./flow.js";
import type { GraphPlan, NodePlan } from "./graph-plan.js";

/** Where a task goes on by itself: nodes, and nodes with a payload. Plain JSON. */
export type TaskGoto = readonly (string | { readonly node: string; readonly payload: JsonValue })[];

/** What a finished task came to. Plain JSON. */
export type TaskOutcome = {
  /** Mostly one; a sub-graph passes on the writes that its nodes made, one by one. */
  readonly updates: readonly Readonly<Record<string, JsonValue>>[];
  readonly goto?: TaskGoto;
};

/** Whether a value that was kept is what a task came to: what is read back may be damaged. */
export function isTaskOutcome(kept: unknown): kept is TaskOutcome {
  if (!isObject(kept) || !Array.isArray(kept["updates"]) || !kept["updates"].every(isObject)) return false;
  const goto = kept["goto"];
  const isTarget = (it: unknown) =>
    typeof it === "string" || (isObject(it) && typeof it["node"] === "string");
  return goto === undefined || (Array.isArray(goto) && goto.every(isTarget));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Tells a task apart in its superstep; what it remembers, and its effects, are named by it. */
export const keyOfTask = ({ node, index, as = node }: PlannedTask): string => `${as}/${index}`;

/** How a task ended. */
export type TaskEnd =
  | { readonly kind: "done"; readonly outcome: TaskOutcome; readonly from: "run" | "memory" | "cache" }
  | { readonly kind: "waiting"; readonly on: readonly WaitFor[] }
  | { readonly kind: "failed"; readonly error: unknown };

/** One task of one superstep, over all of its tries in this process. */
export class TaskRun {
  /** What its steps came to in this process; the host keeps the same for other processes. */
  readonly #steps = new Map<string, JsonValue>();
  #hostFailure: { readonly error: unknown } | undefined;

  constructor(
    readonly plan: GraphPlan,
    readonly node: NodePlan,
    readonly index: number,
    readonly superstep: number,
    readonly key: string,
    readonly host: FlowHost,
    readonly signal: AbortSignal | undefined,
    /** Whether its input is a payload, and not the state. */
    readonly isSent: boolean,
  ) {}

  /** What the host could not keep anything with; it ends the superstep, whatever the node makes of it. */
  get hostFailure(): { readonly error: unknown } | undefined {
    return this.#hostFailure;
  }

  recall(key: string): JsonValue | undefined {
    const value = this.#steps.get(key);
    return value === undefined ? this.host.recall(key) : value;
  }

  remember(key: string, value: JsonValue, taken?: string): void | Promise<void> {
    this.#steps.set(key, value);
    try {
      const keeping = this.host.remember(key, value, taken);
      return keeping?.catch((error: unknown) => this.#hostFailed(error));
    } catch (error) {
      return this.#hostFailed(error);
    }
  }

  #hostFailed(error: unknown): never {
    this.#hostFailure = { error };
    throw error;
  }
}
