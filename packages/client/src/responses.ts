import type { JsonValue } from "./stream-event.js";

/** What every call can be given. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** A lead's company or contact: fields of the app's records, and where each is from. */
export interface Lead {
  readonly id: string;
  readonly company: JsonObject;
  readonly contact?: JsonObject;
  readonly stage: "new" | "qualified" | "disqualified" | "contacted" | "won" | "lost";
  readonly source: string;
  readonly custom: JsonObject;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface LeadFilter {
  readonly stage?: Lead["stage"];
  readonly source?: string;
}

/** What an agent found out about a lead. */
export interface LeadResult {
  readonly id: string;
  readonly kind: "qualification" | "enrichment";
  readonly leadId: string;
  readonly runId?: string;
  readonly score?: number;
  readonly tier?: string;
  /** The whole result, in the shape of the agent's output. */
  readonly data: JsonObject;
  readonly createdAt: string;
}

export interface LeadWithResults extends Lead {
  /** The latest of each kind. */
  readonly results: readonly LeadResult[];
}

/** A lead in a few words: a company by name, and what else is known of it; or the id of a stored one. */
export type LeadGiven =
  | { readonly leadId: string }
  | {
      readonly company: string;
      readonly contact?: object;
      readonly custom?: object;
      readonly [fact: string]: unknown;
    };

export interface Qualified {
  /** `known`: a lead of one of its keys stood already, and stands as it was. */
  readonly lead: { readonly id: string; readonly status: "stored" | "known" };
  readonly runId: string;
  /** Score, tier, reasons, evidence, engine and cost. */
  readonly result: JsonValue;
}

export interface NotQualified {
  readonly lead?: Qualified["lead"];
  readonly error: StoredError;
}

/** What became of the rows of a file. */
export interface ImportOutcome {
  readonly importId: string;
  readonly source: string;
  readonly rows: number;
  readonly imported: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly rejectedRows: readonly { readonly row: number; readonly reason: string }[];
  readonly mapping: readonly { readonly column: string; readonly target: string }[];
  readonly warnings: readonly { readonly message: string; readonly row?: number }[];
}

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

export interface StoredError {
  readonly code: string;
  readonly message: string;
}

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
  readonly leadId?: string;
  readonly startedBy?: string;
  readonly input?: JsonValue;
  readonly output?: JsonValue;
  readonly waitsFor: readonly JsonObject[];
  readonly approvals: readonly WaitingApproval[];
  readonly runIds: readonly string[];
  /** Absent when a price is unknown. */
  readonly costUsd?: number;
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

export type RecordKind = "contact" | "company" | "deal";

/** What differs from how a connection is set up. */
export interface SyncRequest {
  readonly kinds?: readonly RecordKind[];
  readonly direction?: "both" | "to-app" | "to-crm";
  /** Walks over all records of the CRM again. */
  readonly full?: boolean;
}

/** How a connection with a CRM stands. */
export interface ConnectionStatus {
  readonly connection: string;
  /** Records that wait to be worked on. */
  readonly due: number;
  readonly openConflicts: number;
  readonly openDeadLetters: number;
  /** Removals that wait for somebody's word. */
  readonly heldRemovals: number;
  readonly lastRun?: SyncRun;
  readonly lastCompletedAt?: string;
}

export interface SyncRun {
  readonly id: string;
  readonly connection: string;
  readonly kinds: readonly RecordKind[];
  /** What began it, such as `manual`, `schedule` or `webhook`. */
  readonly trigger: string;
  readonly direction: "both" | "to-app" | "to-crm";
  readonly status: "running" | "completed" | "failed" | "stopped";
  readonly counts: Readonly<Record<string, number>>;
  readonly error?: StoredError;
  readonly startedAt: string;
  readonly finishedAt?: string;
}

/** A sync that was begun, or that goes on already. */
export interface BegunSync {
  /** What tells of it: follow it as any stream. */
  readonly streamId: string;
  readonly joined: boolean;
}

export interface PlannedWrite {
  readonly side: "app" | "crm";
  readonly op: string;
  readonly kind: RecordKind;
  readonly recordId?: string;
  readonly crmId?: string;
  readonly changes: Readonly<Record<string, { readonly from: JsonValue; readonly to: JsonValue }>>;
  readonly reason?: string;
  readonly held?: true;
}

export interface SyncPlan {
  readonly writes: readonly PlannedWrite[];
  /** Whether there would be others. */
  readonly more: boolean;
}

export interface SyncMetrics {
  readonly connection: string;
  readonly runs: number;
  readonly completed: number;
  readonly failed: number;
  readonly meanLatencyMs: number;
  readonly longestLatencyMs: number;
  readonly perSecond: number;
  readonly counts: Readonly<Record<string, number>>;
}

export interface DependencyHealth {
  readonly name: string;
  readonly status: "ok" | "degraded" | "down";
  readonly note?: string;
  readonly latencyMs?: number;
}

/** What both sides changed, each to something else. */
export interface SyncConflict {
  readonly id: string;
  readonly connection: string;
  readonly kind: RecordKind;
  readonly recordId: string;
  readonly crmId?: string;
  /** `$record` where one side removed what the other changed. */
  readonly field: string;
  readonly policy: string;
  readonly base: JsonValue;
  readonly app: JsonValue;
  readonly crm: JsonValue;
  readonly status: "open" | "settled" | "resolved" | "gone";
  readonly taken?: "app" | "crm" | "both" | "value";
  readonly value?: JsonValue;
  readonly foundAt: string;
  readonly endedAt?: string;
  readonly endedBy?: string;
}

/** The value of one side, or another instead of the two; null for none. */
export type ConflictChoice = { readonly take: "app" | "crm" } | { readonly value: JsonValue };

/** What a sync could not do. */
export interface DeadLetter {
  readonly id: string;
  readonly connection: string;
  readonly kind: RecordKind;
  readonly recordId?: string;
  readonly crmId?: string;
  readonly operation: string;
  readonly payload: JsonObject;
  readonly error: StoredError;
  readonly status: "open" | "replayed" | "dropped";
  readonly addedAt: string;
  readonly updatedAt: string;
  readonly endedBy?: string;
}

/** Which conflicts or dead letters. */
export interface ReviewFilter {
  readonly connection?: string;
  readonly kind?: RecordKind;
  readonly recordId?: string;
}

/** Days, ISO dates, both inclusive. @defaultValue this month until today */
export interface DayRange {
  readonly from?: string;
  readonly until?: string;
}

/** What is summed by. */
export type UsageDimension = "day" | "agent" | "provider" | "model";

export interface UsageSums {
  readonly calls: number;
  readonly failedCalls: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Of calls whose price is known. */
  readonly costUsd: number;
  readonly unpricedCalls: number;
}

type Grouped = { readonly [Name in UsageDimension]?: string };

/** Use of models by what was asked for, and its sum. */
export interface Usage {
  readonly from: string;
  readonly until: string;
  readonly items: readonly (UsageSums & Grouped)[];
  readonly total: UsageSums;
}

export interface RunFigures {
  /** Of every status. */
  readonly runs: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Failed runs among those that ended, 0–1. */
  readonly errorRate: number;
  readonly costUsd: number;
  readonly unpricedRuns: number;
}

/** How runs did, by day and agent. */
export interface Analytics {
  readonly from: string;
  readonly until: string;
  readonly items: readonly (RunFigures & {
    readonly day: string;
    readonly agent: string;
    /** Of completed runs, in milliseconds. */
    readonly latencyMs?: { readonly p50: number; readonly p95: number; readonly p99: number };
  })[];
  readonly total: RunFigures;
}
