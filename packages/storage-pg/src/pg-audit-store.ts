import type { AuditRecord, AuditStore } from "@salesagent/ports";
import { toNormalAudit } from "@salesagent/ports/store-rules";
import { type BulkWriter, createBulkWriter, skipStored } from "./bulk-writer.js";
import { json, optional, type Row, text } from "./columns.js";
import { bySeq } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { type RecordColumn, toSelectList } from "./record-columns.js";
import type { StoreContext, TableNames } from "./store-context.js";

export const AUDIT_COLUMNS: readonly RecordColumn<AuditRecord>[] = [
  { name: "id", type: "text", read: (record) => record.id },
  { name: "at", type: "timestamptz", read: (record) => record.at },
  { name: "actor", type: "text", read: (record) => record.actor },
  { name: "action", type: "text", read: (record) => record.action },
  { name: "subject", type: "text", read: (record) => record.subject },
  { name: "run_id", type: "text", read: (record) => record.runId },
  { name: "facts", type: "json", read: (record) => record.facts },
];

export function fromAuditRow(row: Row): AuditRecord {
  return {
    id: text(row, "id"),
    at: text(row, "at"),
    actor: text(row, "actor"),
    action: text(row, "action"),
    subject: text(row, "subject"),
    ...optional("runId", row, "run_id", text),
    facts: json(row, "facts"),
  };
}

export interface AuditStatements {
  readonly add: BulkWriter<AuditRecord>;
  readonly list: PageReader<AuditRecord>;
}

export function createAuditStatements(name: TableNames): AuditStatements {
  const audit = name("audit");
  return {
    add: createBulkWriter({
      store: "audit",
      table: audit,
      columns: AUDIT_COLUMNS,
      onConflict: skipStored("id"),
    }),
    list: createPageReader({
      store: "audit",
      table: audit,
      columns: toSelectList(AUDIT_COLUMNS),
      order: bySeq,
      fromRow: fromAuditRow,
    }),
  };
}

export function createPgAuditStore(context: StoreContext, statements: AuditStatements): AuditStore {
  const { executor } = context;
  return {
    port: "audit-store/1",
    async addMany(records, call) {
      executor.admit("audit", call);
      const stored = records.map((record, index) => toNormalAudit(`records[${index}]`, record));
      await statements.add(context, stored, call);
    },
    async list({ subject, action, runId } = {}, page, call) {
      return statements.list(context, { subject, action, run_id: runId }, page, call);
    },
  };
}
