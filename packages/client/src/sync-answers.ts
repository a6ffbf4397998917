import type { JsonObject, StoredError } from "./shared-answers.js";
import type { JsonValue } from "./stream-event.js";

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
  /** Earlier failures of the same, oldest first; the last 20. */
  readonly history: readonly { readonly at: string; readonly error: StoredError }[];
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
