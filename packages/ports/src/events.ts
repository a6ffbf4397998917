import type { BudgetFacts } from "./error-facts.js";
import type { JsonValue } from "./json.js";
import type { RecordKind } from "./stores/record-store.js";
import type { StoredError } from "./stores/run-store.js";

/** What every event of the bus tells. */
export interface SalesEventBase {
  readonly tenant: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** What an event tells that is about the host's own set-up, and so about no tenant. */
export interface HostEventBase {
  /** ISO 8601 in UTC. */
  readonly at: string;
}

/** Which model, in an event. */
export interface ModelName {
  readonly provider: string;
  readonly modelId: string;
}

export interface RunEventBase extends SalesEventBase {
  readonly runId: string;
  readonly agent: string;
}

/** What every event of a sync with a CRM tells. */
export interface SyncEventBase extends SalesEventBase {
  /** The CRM's name in the app, such as `close`. */
  readonly connection: string;
  readonly syncId?: string;
}

/** The events that the bus of a composed app carries, by name. */
export interface SalesEvents {
  "run-started": RunEventBase & { readonly input: JsonValue };
  "run-step": RunEventBase & { readonly index: number; readonly kind: string; readonly name: string };
  "run-completed": RunEventBase & {
    readonly output: JsonValue;
    readonly costUsd?: number;
    readonly latencyMs: number;
  };
  "run-failed": RunEventBase & { readonly error: StoredError; readonly latencyMs: number };
  "task-started": RunEventBase & { readonly task: string };
  "task-progress": RunEventBase & { readonly task: string; readonly done: number; readonly total?: number };
  "task-tool-use": RunEventBase & { readonly tool: string; readonly callId: string };
  "task-tool-result": RunEventBase & {
    readonly tool: string;
    readonly callId: string;
    readonly failed: boolean;
    readonly latencyMs: number;
  };
  "task-completed": RunEventBase & { readonly task: string };
  "task-failed": RunEventBase & { readonly task: string; readonly error: StoredError };
  "lead-qualified": RunEventBase & {
    readonly leadId: string;
    readonly score: number;
    readonly tier: string;
    readonly engine: string;
  };
  "budget-exceeded": RunEventBase & BudgetFacts;
  "approval-requested": RunEventBase & {
    readonly approvalId: string;
    readonly tool: string;
    readonly callId: string;
    /** ISO 8601 in UTC. */
    readonly expiresAt: string;
  };
  "escalation-requested": RunEventBase & {
    readonly escalationId: string;
    readonly reason: string;
    /** A person or a team, as the host names them. */
    readonly to?: string;
    /** ISO 8601 in UTC. */
    readonly expiresAt: string;
  };
  "model-failed-over": RunEventBase & {
    readonly from: ModelName;
    readonly to: ModelName;
    readonly errorCode: string;
  };
  "sync-started": SyncEventBase & { readonly syncId: string; readonly trigger: string };
  "sync-completed": SyncEventBase & {
    readonly syncId: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly latencyMs: number;
  };
  "sync-failed": SyncEventBase & {
    readonly syncId: string;
    readonly error: StoredError;
    readonly latencyMs: number;
  };
  "conflict-found": SyncEventBase & {
    readonly kind: RecordKind;
    readonly recordId: string;
    readonly field: string;
  };
  "dead-letter-added": SyncEventBase & {
    readonly kind: RecordKind;
    readonly recordId?: string;
    readonly crmId?: string;
    readonly errorCode: string;
  };
  /** More records would be removed than a sync may without being asked. */
  "removals-held": SyncEventBase & {
    readonly kind: RecordKind;
    readonly removals: number;
    readonly of: number;
    readonly limit: number;
  };
  /** A request to a webhook was not proved to come from the CRM. */
  "webhook-refused": SyncEventBase & {
    /** As in `crm.webhook_refused`; `no-connection` where there is none of this tenant. */
    readonly problem: string;
    /** Whether the tenant has synced this connection before; else anybody may have made both names up, and nothing is kept of it. */
    readonly known: boolean;
  };
  "breaker-opened": HostEventBase & {
    readonly name: string;
    readonly errorCode?: string;
    /** ISO 8601 in UTC. */
    readonly retryAt: string;
  };
  "breaker-closed": HostEventBase & { readonly name: string };
}

export type SalesEventName = keyof SalesEvents;

/**
 * Tells whoever watches what happens. For watching only: what must not be lost goes through storage.
 * A listener that throws never reaches the run.
 */
export interface EventBus {
  on<Name extends SalesEventName>(name: Name, listener: (event: SalesEvents[Name]) => void): Disposable;
  emit<Name extends SalesEventName>(name: Name, event: SalesEvents[Name]): void;
}
