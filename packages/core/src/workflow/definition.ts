import type { JsonSchema, JsonValue } from "@salesagent/ports";
import type { Condition } from "./condition.js";
import type { Mapping, Source } from "./mapping.js";

/** A workflow as data: plain JSON, to be stored, edited and sent. {@link workflowSchema} is its JSON Schema. */
export interface WorkflowDefinition {
  /** A letter, then up to 63 letters, digits, `_`, `-` or `.`. */
  readonly name: string;
  /** Runs are pinned to it: change it with the definition. 1–100 characters. */
  readonly version: string;
  readonly description?: string;
  /** What a run is given: the JSON Schema of an object. @defaultValue any object */
  readonly input?: JsonSchema;
  /** The id of the first node. */
  readonly start: string;
  readonly nodes: readonly WorkflowNode[];
  readonly edges: readonly WorkflowEdge[];
}

interface NodeBasics {
  /** A letter, then up to 39 letters, digits, `_` or `-`. */
  readonly id: string;
  /** For people. */
  readonly label?: string;
}

/** What a node's work is given: fields by name, or one value that is all of it. */
interface NodeInput {
  readonly input?: Mapping;
  readonly wholeInput?: Source;
}

/** How a node's failures are tried again. */
export interface WorkflowRetry {
  /** Tries beside the first; 1–100. */
  readonly retries: number;
  /** Milliseconds of the first wait. @defaultValue 2,000 */
  readonly baseMs?: number;
  /** @defaultValue 2 */
  readonly factor?: number;
}

interface NodeTries {
  /** @defaultValue no other try */
  readonly retry?: WorkflowRetry;
  /** Milliseconds for each try. @defaultValue no limit */
  readonly timeoutMs?: number;
}

/** Runs an agent. Gives the agent's output. */
export interface AgentNode extends NodeBasics, NodeInput, NodeTries {
  readonly kind: "agent";
  readonly agent: string;
}

/** Calls a tool. Gives the tool's output. */
export interface ToolNode extends NodeBasics, NodeInput, NodeTries {
  readonly kind: "tool";
  readonly tool: string;
}

/** Goes on by the first of its edges whose `when` holds, else by the one without. Gives `{ to }`. */
export interface DecisionNode extends NodeBasics {
  readonly kind: "decision";
}

/** Begins a branch with each of its edges; all of them meet at the join, which runs once they are there. */
export interface ParallelNode extends NodeBasics {
  readonly kind: "parallel";
  /** The node where the branches meet. */
  readonly join: string;
}

/** Waits, stored, for a time or an event. An event's payload is what it gives. */
export type WaitNode = NodeBasics & { readonly kind: "wait" } & (
    | { readonly durationMs: number }
    | {
        readonly event: string;
        /** Waits no longer, and goes on by its edge with `on: "timeout"`. @defaultValue for ever */
        readonly timeoutMs?: number;
      }
  );

/**
 * Asks a person. Gives the {@link ApprovalAnswer}; a refusal goes on by the edge with `on: "refused"`, time that is over by the one with
 * `on: "timeout"`.
 */
export interface ApprovalNode extends NodeBasics {
  readonly kind: "approval";
  /** What the person is shown. */
  readonly ask?: Mapping;
  /** How long it can be answered. @defaultValue for ever */
  readonly timeoutMs?: number;
}

/** Runs another workflow as a part of the same run. Gives its output. */
export interface SubWorkflowNode extends NodeBasics, NodeInput, NodeTries {
  readonly kind: "workflow";
  readonly workflow: string;
  /** Needed where several versions are at hand. */
  readonly version?: string;
}

/** Ends the run. */
export interface EndNode extends NodeBasics {
  readonly kind: "end";
  /** The run's output. @defaultValue null */
  readonly output?: Mapping;
  readonly wholeOutput?: Source;
}

export type WorkflowNode =
  | AgentNode
  | ToolNode
  | DecisionNode
  | ParallelNode
  | WaitNode
  | ApprovalNode
  | SubWorkflowNode
  | EndNode;

export type WorkflowNodeKind = WorkflowNode["kind"];

/** What else than being done a node can come to: its work failed, a person refused, nothing came in time. */
export type WorkflowOutcome = "error" | "refused" | "timeout";

export interface WorkflowEdge {
  readonly from: string;
  readonly to: string;
  /** For edges of decisions. */
  readonly when?: Condition;
  /** Taken in place of the plain edge when the node came to this. */
  readonly on?: WorkflowOutcome;
}

/** What a person answers to an approval. `by` comes from the host's own session, never from a request's body. */
export interface ApprovalAnswer {
  readonly approved: boolean;
  /** Who decided: `user:42`. */
  readonly by: string;
  readonly reason?: string;
  /** Whatever the person changed or added, for later nodes to read. */
  readonly data?: JsonValue;
}
