import type { JsonObject, JsonSchema, JsonValue, StandardSchema } from "@salesagent/ports";
import { field, type StateField } from "../graph/index.js";
import type { WorkflowNodeKind, WorkflowOutcome } from "./definition.js";
import { toValidator } from "./json-schema.js";

/** A node that was done, as the run's log keeps it. A type and not an interface, so that it is a `JsonObject`. */
export type WorkflowLogEntry = {
  /** Its id; in a sub-workflow after those of the nodes around: `qualify/research`. */
  readonly node: string;
  readonly kind: WorkflowNodeKind;
  /** How often it has run, this time included. */
  readonly visit: number;
  /** `failed` where the run went on by its edge for errors. */
  readonly status: "completed" | "failed";
  /** What it came to, where that is not simply being done. */
  readonly outcome?: WorkflowOutcome;
  /** Absent for a sub-workflow, whose tries the engine counts. */
  readonly attempts?: number;
  /** ISO 8601 in UTC. A node that waited began when it began to wait. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** As JSON, cut where it is long. */
  readonly input?: string;
  readonly output?: string;
  readonly error?: { readonly code: string; readonly message: string };
};

/** Results by node; an empty one takes back what stood there. */
type ResultWrite = Readonly<Record<string, { readonly value?: JsonValue }>>;

/** Where in its run a workflow is. A type and not an interface, so that it is a `JsonObject`. */
export type WorkflowScope = {
  /** The nodes around, each with `/` behind it. */
  readonly path: string;
};

/** The fields of a workflow's state. */
export interface WorkflowShape
  extends Readonly<Record<string, StandardSchema | StateField<unknown, unknown>>> {
  readonly input: StateField<JsonObject, JsonObject, true>;
  readonly steps: StateField<JsonObject, ResultWrite, false>;
  readonly errors: StateField<JsonObject, ResultWrite, false>;
  readonly visits: StateField<Readonly<Record<string, number>>, readonly string[], false>;
  readonly log: StateField<readonly WorkflowLogEntry[], readonly WorkflowLogEntry[], false>;
  readonly output: StateField<JsonValue | undefined, JsonValue, false>;
  readonly scope: StateField<WorkflowScope, WorkflowScope, false>;
}

/** The state of a workflow's run. */
export interface WorkflowState {
  readonly input: JsonObject;
  /** What each node gave last. */
  readonly steps: JsonObject;
  /** What each node failed with last, where the run went on: `{ code, message }`. */
  readonly errors: JsonObject;
  /** How often each node has run. */
  readonly visits: Readonly<Record<string, number>>;
  readonly log: readonly WorkflowLogEntry[];
  /** What the end gave. */
  readonly output: JsonValue | undefined;
  readonly scope: WorkflowScope;
}

const results = () =>
  field<JsonObject, ResultWrite>({
    default: () => ({}),
    reduce: (all, written) => {
      const next = new Map(Object.entries(all));
      for (const [node, { value }] of Object.entries(written)) {
        if (value === undefined) next.delete(node);
        else next.set(node, value);
      }
      return Object.fromEntries(next);
    },
  });

/** @param input - What a run is given. */
export const workflowShape = (input: JsonSchema): WorkflowShape => ({
  input: field({ schema: toValidator({ ...input, type: "object" }) }),
  steps: results(),
  errors: results(),
  visits: field<Readonly<Record<string, number>>, readonly string[]>({
    default: () => ({}),
    reduce: (all, nodes) => {
      const next = new Map(Object.entries(all));
      for (const node of nodes) next.set(node, (next.get(node) ?? 0) + 1);
      return Object.fromEntries(next);
    },
  }),
  log: field<readonly WorkflowLogEntry[], readonly WorkflowLogEntry[]>({
    default: () => [],
    reduce: (all, entries) => [...all, ...entries],
  }),
  output: field<JsonValue>(),
  scope: field<WorkflowScope>({ default: () => ({ path: "" }) }),
});

/** How often a node has run, this time included. */
export const visitOf = ({ visits }: Pick<WorkflowState, "visits">, node: string): number =>
  (Object.hasOwn(visits, node) ? (visits[node] ?? 0) : 0) + 1;
