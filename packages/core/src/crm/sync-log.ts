import type { JsonObject, RecordKind, SyncEntry } from "@salesagent/ports";
import { type SyncContext, type SyncStores, timeOf } from "./sync-context.js";

/** What a sync decides on a record. */
export type SyncAction =
  | "created-in-app"
  | "updated-in-app"
  | "removed-in-app"
  | "created-in-crm"
  | "updated-in-crm"
  | "removed-in-crm"
  | "linked"
  | "found-after-lost-answer"
  | "merged-in-crm"
  | "removal-pending"
  | "removal-conflict"
  | "removal-braked"
  | "removal-allowed"
  | "brought-back"
  | "rewriting-settled"
  | "conflict-found"
  | "conflict-gone"
  | "conflict-resolved"
  | "dead-letter-added"
  | "dead-letter-replayed"
  | "failed";

/** What was decided on one record. Names of fields only, never values. */
export interface SyncDecision {
  readonly action: SyncAction;
  readonly recordId?: string | undefined;
  readonly crmId?: string | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly code?: string | undefined;
}

/** Gathers the decisions of a batch: one entry for all records about which the same was decided. */
export class SyncLog {
  readonly #entries = new Map<string, { recordIds: string[]; crmIds: string[]; decision: SyncDecision }>();

  add(decision: SyncDecision): void {
    const { action, fields, code, recordId, crmId } = decision;
    const key = `${action}/${code ?? ""}/${fields?.join(",") ?? ""}`;
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = { recordIds: [], crmIds: [], decision };
      this.#entries.set(key, entry);
    }
    if (recordId !== undefined) entry.recordIds.push(recordId);
    if (crmId !== undefined) entry.crmIds.push(crmId);
  }

  /** Forgets what was gathered: a transaction begins anew. */
  clear(): void {
    this.#entries.clear();
  }

  /** Writes what was gathered, in one statement; none where there is nothing. */
  async write(context: SyncContext, stores: SyncStores, kind: RecordKind): Promise<void> {
    if (this.#entries.size === 0) return;
    const at = timeOf(context);
    const entries = [...this.#entries.values()].map(({ recordIds, crmIds, decision }): SyncEntry => {
      const { action, fields, code } = decision;
      const detail: JsonObject = {
        ...(fields && fields.length > 0 && { fields: [...fields] }),
        ...(code !== undefined && { code }),
      };
      return {
        ...{ id: context.createId(), connection: context.connection, kind, action, recordIds, crmIds, at },
        ...(context.runId !== undefined && { runId: context.runId }),
        ...(Object.keys(detail).length > 0 && { detail }),
      };
    });
    this.#entries.clear();
    await stores.syncRuns.log(entries, { signal: context.signal });
  }
}
