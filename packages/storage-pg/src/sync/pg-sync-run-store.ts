import type { JsonObject, RecordKind, SyncEntry, SyncRun, SyncRunStore } from "@salesagent/ports";
import { toNormalSyncEntries, toNormalSyncRun, toStorable } from "@salesagent/ports/store-rules";
import { type BulkWriter, createBulkWriter, replaceStored, skipStored } from "../bulk-writer.js";
import { json, optional, type Row, text } from "../columns.js";
import { byInstant } from "../page-order.js";
import { createPageReader, type PageReader } from "../page-reader.js";
import { type RecordColumn, toSelectList } from "../record-columns.js";
import { reading, type Statement } from "../statement.js";
import type { StoreContext, TableNames } from "../store-context.js";

export const SYNC_RUN_COLUMNS: readonly RecordColumn<SyncRun>[] = [
  { name: "id", type: "text", read: ({ id }) => id },
  { name: "connection", type: "text", read: ({ connection }) => connection },
  { name: "kinds", type: "json", read: ({ kinds }) => kinds },
  { name: "trigger", type: "text", read: ({ trigger }) => trigger },
  { name: "direction", type: "text", read: ({ direction }) => direction },
  { name: "status", type: "text", read: ({ status }) => status },
  { name: "counts", type: "json", read: ({ counts }) => counts },
  { name: "error", type: "optional json", read: ({ error }) => error },
  { name: "started_at", type: "timestamptz", read: ({ startedAt }) => startedAt },
  { name: "finished_at", type: "timestamptz", read: ({ finishedAt }) => finishedAt },
];
export const SYNC_RUN_FIELDS = toSelectList(SYNC_RUN_COLUMNS);

export function fromSyncRunRow(row: Row): SyncRun {
  return {
    id: text(row, "id"),
    connection: text(row, "connection"),
    kinds: json<readonly RecordKind[]>(row, "kinds"),
    trigger: text(row, "trigger"),
    direction: text(row, "direction") as SyncRun["direction"],
    status: text(row, "status") as SyncRun["status"],
    counts: json<SyncRun["counts"]>(row, "counts"),
    ...optional("error", row, "error", json<NonNullable<SyncRun["error"]>>),
    startedAt: text(row, "started_at"),
    ...optional("finishedAt", row, "finished_at", text),
  };
}

export const SYNC_ENTRY_COLUMNS: readonly RecordColumn<SyncEntry>[] = [
  { name: "id", type: "text", read: ({ id }) => id },
  { name: "connection", type: "text", read: ({ connection }) => connection },
  { name: "run_id", type: "text", read: ({ runId }) => runId },
  { name: "kind", type: "text", read: ({ kind }) => kind },
  { name: "action", type: "text", read: ({ action }) => action },
  { name: "record_ids", type: "json", read: ({ recordIds }) => recordIds },
  { name: "crm_ids", type: "json", read: ({ crmIds }) => crmIds },
  { name: "detail", type: "optional json", read: ({ detail }) => detail },
  { name: "at", type: "timestamptz", read: ({ at }) => at },
];
export const SYNC_ENTRY_FIELDS = toSelectList(SYNC_ENTRY_COLUMNS);

export function fromSyncEntryRow(row: Row): SyncEntry {
  return {
    id: text(row, "id"),
    connection: text(row, "connection"),
    ...optional("runId", row, "run_id", text),
    kind: text(row, "kind") as RecordKind,
    action: text(row, "action"),
    recordIds: json<readonly string[]>(row, "record_ids"),
    crmIds: json<readonly string[]>(row, "crm_ids"),
    ...optional("detail", row, "detail", json<JsonObject>),
    at: text(row, "at"),
  };
}

export interface SyncRunStatements {
  readonly put: BulkWriter<SyncRun>;
  /** $1: tenant, $2: id. */
  readonly get: Statement;
  readonly list: PageReader<SyncRun>;
  readonly log: BulkWriter<SyncEntry>;
  readonly entries: PageReader<SyncEntry>;
}

export function createSyncRunStatements(name: TableNames): SyncRunStatements {
  const [runs, entries] = [name("sync_runs"), name("sync_entries")];
  return {
    put: createBulkWriter({
      ...{ store: "syncRuns", table: runs, columns: SYNC_RUN_COLUMNS },
      onConflict: replaceStored("id", SYNC_RUN_COLUMNS),
    }),
    get: reading(`select ${SYNC_RUN_FIELDS} from ${runs} where tenant = $1 and id = $2`),
    list: createPageReader({
      ...{ store: "syncRuns", table: runs, columns: SYNC_RUN_FIELDS, fromRow: fromSyncRunRow },
      ...{ order: byInstant("started_at"), descending: true },
    }),
    log: createBulkWriter({
      ...{ store: "syncRuns", table: entries, columns: SYNC_ENTRY_COLUMNS },
      onConflict: skipStored("id"),
    }),
    entries: createPageReader({
      ...{ store: "syncRuns", table: entries, columns: SYNC_ENTRY_FIELDS, fromRow: fromSyncEntryRow },
      ...{ order: byInstant("at"), descending: true },
    }),
  };
}

export function createPgSyncRunStore(context: StoreContext, statements: SyncRunStatements): SyncRunStore {
  const { tenant, executor } = context;
  return {
    port: "sync-run-store/1",
    async put(run, call) {
      executor.admit("syncRuns", call);
      await statements.put(context, [toNormalSyncRun(run)], call);
    },
    async get(id, call) {
      executor.admit("syncRuns", call);
      const [row] = await executor.run(
        "syncRuns",
        statements.get,
        [tenant, toStorable("syncRuns", "id", id)],
        call,
      );
      return row === undefined ? undefined : fromSyncRunRow(row);
    },
    async list({ connection, status } = {}, page, call) {
      return statements.list(context, { connection, status }, page, call);
    },
    async log(entries, call) {
      executor.admit("syncRuns", call);
      await statements.log(context, toNormalSyncEntries(entries), call);
    },
    async entries({ connection, runId, kind, recordId, action } = {}, page, call) {
      const conditions = { connection, run_id: runId, kind, action };
      if (recordId === undefined) return statements.entries(context, conditions, page, call);
      const wanted = toStorable("syncRuns", "filter.recordId", recordId);
      return statements.entries(context, conditions, page, call, [
        (parameter) => `record_ids::jsonb ? ${parameter(wanted)}`,
      ]);
    },
  };
}
