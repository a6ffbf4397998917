import type { CallOptions } from "../call-options.js";
import type { JsonObject } from "../json.js";
import type { Page, PageRequest } from "./page.js";
import type { RecordKind } from "./record-store.js";
import type { StoredError } from "./run-store.js";

/** A sync, from its start to its end. */
export interface SyncRun {
  /** 1–400 characters. */
  readonly id: string;
  readonly connection: string;
  readonly kinds: readonly RecordKind[];
  /** What began it, such as `manual`, `schedule` or `webhook`. */
  readonly trigger: string;
  readonly direction: "both" | "to-app" | "to-crm";
  readonly status: "running" | "completed" | "failed" | "stopped";
  /** Numbers by name, such as `pulled` or `written`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly error?: StoredError;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly finishedAt?: string;
}

/** What a sync decided on records, with the names of fields and never their values. */
export interface SyncEntry {
  /** Sorts by time; 1–400 characters. */
  readonly id: string;
  readonly connection: string;
  readonly runId?: string;
  readonly kind: RecordKind;
  /** Such as `created-in-app`, `updated-in-crm`, `linked`, `removal-held`. */
  readonly action: string;
  /** Whom it was about: one, or all those of a page for which the same was decided. */
  readonly recordIds: readonly string[];
  readonly crmIds: readonly string[];
  /** Names of fields that were written, and why, where there is more to say. */
  readonly detail?: JsonObject;
  /** ISO 8601 in UTC. */
  readonly at: string;
}

export interface SyncEntryFilter {
  readonly connection?: string | undefined;
  readonly runId?: string | undefined;
  readonly kind?: RecordKind | undefined;
  readonly recordId?: string | undefined;
  readonly action?: string | undefined;
}

/** The history of one tenant's syncs. */
export interface SyncRunStore {
  readonly port: "sync-run-store/1";
  /** Replaces the run of the same id. */
  put(run: SyncRun, call?: CallOptions): Promise<void>;
  get(id: string, call?: CallOptions): Promise<SyncRun | undefined>;
  /** Latest start first. */
  list(
    filter?: { readonly connection?: string | undefined; readonly status?: SyncRun["status"] | undefined },
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<SyncRun>>;
  /** Adds entries in one statement; those whose id is there already are passed over. */
  log(entries: readonly SyncEntry[], call?: CallOptions): Promise<void>;
  /** Latest first. */
  entries(filter?: SyncEntryFilter, page?: PageRequest, call?: CallOptions): Promise<Page<SyncEntry>>;
}
