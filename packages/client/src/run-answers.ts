import type { JsonObject, StoredError } from "./shared-answers.js";
import type { JsonValue } from "./stream-event.js";

/** What a run of an agent begins with. */
export interface InvokeRequest {
  /** Anything that JSON can hold. @defaultValue the lead, where there is a `leadId` */
  readonly input?: JsonValue | object;
  /** The conversation that it goes on with. */
  readonly threadId?: string;
  /** The stored lead that it is about. */
  readonly leadId?: string;
  readonly campaignId?: string;
}

/** A run that is waited for. */
export interface InvokeAndWait extends InvokeRequest {
  /** How long to wait for the end, in milliseconds, at most 120000; the run goes on after it. @defaultValue 25000 */
  readonly waitMs?: number;
}

/** A run of an agent or of a stored workflow. */
export type StartRequest =
  | (InvokeRequest & { readonly agent: string })
  | {
      readonly workflow: string;
      readonly input?: object;
      /** @defaultValue the active one */
      readonly version?: string;
      readonly threadId?: string;
      readonly leadId?: string;
    };

/** Who asked for an end, and why. */
export interface AskedStop {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

/** A stream as it stands. */
export interface LiveStream {
  readonly id: string;
  /** Such as `agent:qualification`. */
  readonly source: string;
  readonly status: "open" | "completed" | "failed" | "cancelled";
  readonly error?: StoredError;
  readonly threadId?: string;
  readonly leadId?: string;
  readonly startedBy?: string;
  /** The number of the last event. */
  readonly last: number;
  readonly stop?: AskedStop;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface StreamFilter {
  readonly source?: string;
  readonly status?: LiveStream["status"];
  readonly threadId?: string;
  readonly leadId?: string;
}

export type RunStatus = "pending" | "running" | "waiting" | "completed" | "failed" | "cancelled";

export interface RunSummary {
  readonly id: string;
  readonly kind: "agent" | "workflow" | "graph";
  /** The agent's, the workflow's or the graph's name. */
  readonly name: string;
  readonly version?: string;
  readonly status: RunStatus;
  readonly error?: StoredError;
  readonly stop?: AskedStop;
  readonly threadId?: string;
  /** The stored lead that it is about; in lists, of an agent's run alone. */
  readonly leadId?: string;
  /** Absent when a price is unknown, or nothing is on record yet. */
  readonly costUsd?: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface WaitingApproval {
  readonly approvalId: string;
  readonly tool: string;
}

/** A run as it stands. */
export interface LiveRun extends RunSummary {
  /** The stream that tells of it; another one from each retry on. */
  readonly streamId?: string;
  readonly startedBy?: string;
  readonly input?: JsonValue;
  readonly output?: JsonValue;
  readonly waitsFor: readonly JsonObject[];
  readonly approvals: readonly WaitingApproval[];
  readonly runIds: readonly string[];
}

export interface RunFilter {
  readonly agent?: string;
  readonly workflow?: string;
  readonly status?: RunStatus;
  readonly threadId?: string;
}

/** What a run came to, or rests at. */
export interface RunResult {
  readonly id: string;
  readonly status: RunStatus;
  readonly output?: JsonValue;
  readonly error?: StoredError;
  readonly waitsFor?: readonly JsonObject[];
  readonly approvals?: readonly WaitingApproval[];
  readonly stop?: AskedStop;
}

/** What a run did, one entry for each time that it was begun or taken over. */
export interface RunTrace {
  readonly id: string;
  readonly runs: readonly {
    readonly id: string;
    readonly agent: string;
    readonly status: string;
    readonly error?: StoredError;
    readonly costUsd?: number;
    readonly startedAt: string;
    readonly latencyMs?: number;
    readonly steps: readonly JsonObject[];
    readonly modelCalls: readonly JsonObject[];
    readonly truncated: boolean;
  }[];
}

/** Whether what was asked to end was running still. */
export interface Stopping {
  readonly stopping: boolean;
}

export interface AgentDescription {
  readonly name: string;
  /** JSON Schema of what it takes and gives, where it is known. */
  readonly input?: JsonObject;
  readonly output?: JsonObject;
  /** Whether it has a memory: without one, each message of a thread is answered as if it were the first. */
  readonly remembers?: boolean;
  readonly tools?: readonly {
    readonly name: string;
    readonly description: string;
    readonly effect: "none" | "read" | "write";
  }[];
}

export type ApprovalStatus = "pending" | "approved" | "refused" | "expired" | "used";

/** A call that waits for a person, or waited. */
export interface Approval {
  readonly id: string;
  readonly agent: string;
  readonly tool: string;
  readonly runId?: string;
  readonly arguments: JsonValue;
  readonly status: ApprovalStatus;
  readonly decidedBy?: string;
  readonly decidedAt?: string;
  readonly reason?: string;
  readonly editedArguments?: JsonValue;
  readonly requestedAt: string;
  readonly expiresAt: string;
}

export interface ApprovalDecision {
  readonly decision: "approved" | "refused";
  readonly reason?: string;
  /** What shall run instead; with an approval. */
  readonly editedArguments?: JsonValue;
}
