import type {
  CallOptions,
  ConflictFilter,
  ConflictRecord,
  CrmWebhookRequest,
  DeadLetter,
  DeadLetterFilter,
  DependencyHealth,
  Page,
  PageRequest,
  RecordKind,
  SyncEntry,
  SyncEntryFilter,
  SyncRun,
} from "@salesagent/ports";
import type { SyncDirection } from "../default-rules.js";
import type { SyncPlan } from "../plan-sync.js";
import type { ConflictChoice } from "../resolve-conflict.js";
import type { BatchCounts } from "../sync-context.js";
import type { SyncRunStream } from "./progress-stream.js";
import type { ReceivedWebhook } from "./receive-webhook.js";
import type { ConnectionStatus, SyncMetrics } from "./sync-status.js";

/** What a sync is run with. */
export interface SyncRunOptions extends CallOptions {
  /** @defaultValue those of the connection */
  readonly kinds?: readonly RecordKind[] | undefined;
  /** @defaultValue that of the connection */
  readonly direction?: SyncDirection | undefined;
  /** Walks over all records of the CRM again, which finds what its feed left out. @defaultValue false */
  readonly full?: boolean | undefined;
  /** What the history says began it. @defaultValue "manual" */
  readonly trigger?: string | undefined;
}

/** Who decided. */
export interface DecidedBy extends CallOptions {
  /** Such as `user:42`; goes on the audit trail. */
  readonly by: string;
}

/** Conflicts of a tenant. */
export interface SyncConflicts {
  list(filter?: ConflictFilter, page?: PageRequest, call?: CallOptions): Promise<Page<ConflictRecord>>;
  get(id: string, call?: CallOptions): Promise<ConflictRecord | undefined>;
  /**
   * Settles an open conflict; the next sync carries it over.
   *
   * @throws `store.not_found`; `store.stale_revision` when it is not open any more, or the record was written meanwhile.
   */
  resolve(id: string, choice: ConflictChoice, decided: DecidedBy): Promise<void>;
}

/** What a tenant's syncs could not do. */
export interface SyncDeadLetters {
  list(filter?: DeadLetterFilter, page?: PageRequest, call?: CallOptions): Promise<Page<DeadLetter>>;
  get(id: string, call?: CallOptions): Promise<DeadLetter | undefined>;
  /** Tries it again against what stands now, with the next sync. @throws `store.not_found` for one that is not open. */
  replay(id: string, decided: DecidedBy): Promise<void>;
  /** Gives it up. @returns False when it is not open. */
  drop(id: string, decided: DecidedBy): Promise<boolean>;
}

/** The syncs of one tenant. */
export interface TenantSync {
  /**
   * Brings the app and a CRM in step: reads what changed on either side, then works on what is due of both. Nothing happens before
   * it is read or its result is asked for. It may be ended and begun again at any time, and run in several processes at once.
   *
   * @throws TypeError for a connection that there is not; from the stream, what ended the run: `credential.…`, `service.…`, `store.…`.
   */
  run(connection: string, options?: SyncRunOptions): SyncRunStream;
  /** What a run would write just now, record by record and field by field; nothing is written. */
  plan(connection: string, options?: Omit<SyncRunOptions, "trigger">): SyncPlan;
  /** How each connection stands. As with `history`, a run whose process died is put on record as failed by whoever reads it. */
  status(call?: CallOptions): Promise<readonly ConnectionStatus[]>;
  /** Runs, latest first. */
  history(
    filter?: { readonly connection?: string | undefined; readonly status?: SyncRun["status"] | undefined },
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<SyncRun>>;
  /** What was decided on which records, latest first. */
  entries(filter?: SyncEntryFilter, page?: PageRequest, call?: CallOptions): Promise<Page<SyncEntry>>;
  /** Sums over the runs of each connection. @param since - ISO 8601 in UTC. */
  metrics(since: string, call?: CallOptions): Promise<readonly SyncMetrics[]>;
  /** How each CRM, and the sync with it, does. */
  health(call?: CallOptions): Promise<readonly DependencyHealth[]>;
  readonly conflicts: SyncConflicts;
  readonly deadLetters: SyncDeadLetters;
  /**
   * Says that removals that were held may be made: those that wait now, within 24 hours, and no more.
   *
   * @returns How many.
   */
  allowRemovals(connection: string, kind: RecordKind, decided: DecidedBy): Promise<number>;
  /**
   * Takes a request to a connection's webhook in, once it is proved to come from the CRM. Answer as soon as it is done; the work
   * comes after, by a worker or by {@link TenantSync.handleWebhooks}.
   *
   * @throws `crm.webhook_refused`: answer with 401.
   */
  receiveWebhook(connection: string, request: CrmWebhookRequest): Promise<ReceivedWebhook>;
  /** Works on the requests that were received, and on what is due by them. */
  handleWebhooks(connection: string, call?: CallOptions): Promise<BatchCounts>;
}
