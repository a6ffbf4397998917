import type { Clock, JsonValue } from "@salesagent/ports";
import type { NodeContext } from "../graph/index.js";
import type { WorkflowNode } from "./definition.js";
import type { StepError } from "./step-errors.js";
import type { WorkflowLogEntry } from "./workflow-state.js";

/** What a node tells while it runs, as the `data` of a custom event. A type and not an interface, so that it is a `JsonObject`. */
export type WorkflowStepEvent = {
  readonly type: "workflow-step";
  readonly workflow: string;
  readonly node: string;
  readonly kind: WorkflowNode["kind"];
  readonly visit: number;
  /** A node that waited starts again when it is woken. */
  readonly status: "started" | "retrying" | "waiting" | "completed" | "failed";
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Of the try, from 1 on. */
  readonly attempt?: number;
  /** As JSON, cut where it is long. */
  readonly input?: string;
  readonly output?: string;
  readonly error?: StepError;
};

/** Tells of one node, and keeps its entry of the log. */
export class StepLog {
  readonly #node: WorkflowNode;
  readonly #visit: number;
  readonly #context: NodeContext;
  readonly #clock: Clock;
  readonly #maxChars: number;
  #input: string | undefined;
  #startedAt: string;

  constructor(
    node: WorkflowNode,
    visit: number,
    context: NodeContext,
    { clock, maxLoggedChars }: { readonly clock: Clock; readonly maxLoggedChars: number },
  ) {
    this.#node = node;
    this.#visit = visit;
    this.#context = context;
    this.#clock = clock;
    this.#maxChars = maxLoggedChars;
    this.#startedAt = this.now();
  }

  now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  /** @param at - When it began, where that was in an earlier life of the node. */
  started(input: JsonValue | undefined, at: string = this.#startedAt): void {
    this.#startedAt = at;
    this.#input = input === undefined ? undefined : this.#cut(input);
    this.tell({ status: "started", ...(this.#input !== undefined && { input: this.#input }) });
  }

  tell(told: Pick<WorkflowStepEvent, "status"> & Partial<WorkflowStepEvent>): void {
    const event: WorkflowStepEvent = {
      type: "workflow-step",
      workflow: this.#context.graph,
      node: this.#node.id,
      kind: this.#node.kind,
      visit: this.#visit,
      at: this.now(),
      ...told,
    };
    this.#context.emit(event);
  }

  /** Ends it, and gives its entry. */
  ended(
    how: { readonly attempts: number } & Pick<WorkflowLogEntry, "outcome" | "error">,
    output: JsonValue | undefined,
  ): WorkflowLogEntry {
    const { attempts, outcome, error } = how;
    const told = {
      status: error ? "failed" : "completed",
      ...(output !== undefined && { output: this.#cut(output) }),
      ...(error && { error }),
    } as const;
    this.tell({ ...told, attempt: attempts });
    return {
      node: this.#node.id,
      kind: this.#node.kind,
      visit: this.#visit,
      attempts,
      ...(outcome && { outcome }),
      startedAt: this.#startedAt,
      endedAt: this.now(),
      ...(this.#input !== undefined && { input: this.#input }),
      ...told,
    };
  }

  #cut(value: JsonValue): string {
    const text = JSON.stringify(value);
    if (text.length <= this.#maxChars) return text;
    return `${text.slice(0, this.#maxChars)}… (${text.length} characters)`;
  }
}
