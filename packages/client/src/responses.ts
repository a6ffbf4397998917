import type { JsonValue } from "./stream-event.js";

/** What every call can be given. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

type JsonObject = { readonly [name: string]: JsonValue };

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
}

export interface LeadWithResults extends Lead {
  readonly results?: readonly JsonObject[];
}

/** What a run begins with. */
export interface InvokeRequest {
  readonly input: JsonValue;
  /** The conversation that it goes on with. */
  readonly threadId?: string;
  readonly leadId?: string;
  readonly campaignId?: string;
}

export interface StartRequest extends InvokeRequest {
  readonly agent: string;
}

export interface StartedStream {
  readonly id: string;
}

/** A stream as it stands. */
export interface LiveStream {
  readonly id: string;
  /** Such as `agent:qualification`. */
  readonly source: string;
  readonly status: "open" | "completed" | "failed" | "cancelled";
  readonly error?: { readonly code: string; readonly message: string };
  readonly threadId?: string;
  readonly leadId?: string;
  /** The number of the last event. */
  readonly last: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A run as it stands. */
export interface RunState {
  readonly id: string;
  readonly agent?: string;
  readonly workflow?: string;
  readonly status: "pending" | "running" | "waiting" | "completed" | "failed" | "cancelled";
  readonly input?: JsonValue;
  readonly output?: JsonValue;
  readonly error?: { readonly code: string; readonly message: string };
  readonly leadId?: string;
  readonly threadId?: string;
  readonly costUsd?: number;
}

export type InvokedRun = RunState;

export interface RunFilter {
  readonly agent?: string;
  readonly status?: RunState["status"];
}

export interface RunTrace {
  readonly steps: readonly JsonObject[];
  readonly modelCalls: readonly JsonObject[];
}

export interface AgentDescription {
  readonly name: string;
}

/** A call that waits for a person. */
export interface Approval {
  readonly id: string;
  readonly agent: string;
  readonly tool: string;
  readonly runId?: string;
  readonly arguments: JsonValue;
  readonly status: "pending" | "approved" | "refused" | "expired" | "used";
  readonly decidedBy?: string;
  readonly reason?: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
}

export type QualifyRequest = JsonObject;
export type ImportOutcome = JsonObject;

export interface SyncRequest {
  readonly direction?: "to-app" | "to-crm" | "both";
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
  readonly lastCompletedAt?: string;
}

export type SyncRun = JsonObject;
export type SyncMetrics = JsonObject;
export type ConnectionHealth = JsonObject;
export type SyncConflict = JsonObject & { readonly id: string };
export type DeadLetter = JsonObject & { readonly id: string };

/** Days, ISO dates, both inclusive. */
export interface DayRange {
  readonly from?: string;
  readonly until?: string;
}

export type UsageRow = JsonObject;
export type RunStats = JsonObject;
