import type {
  AuditRecord,
  ImportRecord,
  Lead,
  MessageRecord,
  ModelCallRecord,
  ResultRecord,
  RunRecord,
  StepRecord,
  UsageRow,
} from "@salesagent/ports";
import { KeyDraft, type Keys } from "./key-map.js";
import { type Rows, Table } from "./table.js";
import { TableDraft } from "./table-draft.js";

/** All that is kept for one tenant, as stores see it. */
export interface TenantRows {
  readonly leads: Rows<Lead>;
  readonly leadKeys: Keys;
  /** Grouped by lead. */
  readonly runs: Rows<RunRecord>;
  /** Grouped by run. */
  readonly steps: Rows<StepRecord>;
  /** Grouped by run. */
  readonly modelCalls: Rows<ModelCallRecord>;
  /** Grouped by lead. */
  readonly results: Rows<ResultRecord>;
  /** Grouped by thread. */
  readonly messages: Rows<MessageRecord>;
  /** Grouped by subject. */
  readonly audit: Rows<AuditRecord>;
  readonly usage: Rows<UsageRow>;
  readonly imports: Rows<ImportRecord>;
}

/** The rows of one transaction. */
export interface TenantDraft extends TenantRows {
  /** Makes the writes stand; false, with nothing written, when they collide with what others wrote meanwhile. */
  commit(): boolean;
}

/** The tables of one tenant. */
export interface TenantTables extends TenantRows {
  draft(): TenantDraft;
}

export function createTenantTables(): TenantTables {
  const writes = { value: 0 };
  const leadKeys = new Map<string, string>();
  const tables = {
    leads: new Table<Lead>(writes),
    runs: new Table<RunRecord>(writes, (run) => run.leadId),
    steps: new Table<StepRecord>(writes, (step) => step.runId),
    modelCalls: new Table<ModelCallRecord>(writes, (call) => call.runId),
    results: new Table<ResultRecord>(writes, (result) => result.leadId),
    messages: new Table<MessageRecord>(writes, (message) => message.threadId),
    audit: new Table<AuditRecord>(writes, (record) => record.subject),
    usage: new Table<UsageRow>(writes),
    imports: new Table<ImportRecord>(writes),
  };
  return { ...tables, leadKeys, draft: () => createDraft(tables, leadKeys) };
}

type Tables = Omit<
  { [Name in keyof TenantRows]: TenantRows[Name] extends Rows<infer Row> ? Table<Row> : never },
  "leadKeys"
>;

function createDraft(tables: Tables, keys: Map<string, string>): TenantDraft {
  const drafts = {
    leads: new TableDraft(tables.leads),
    runs: new TableDraft(tables.runs),
    steps: new TableDraft(tables.steps),
    modelCalls: new TableDraft(tables.modelCalls),
    results: new TableDraft(tables.results),
    messages: new TableDraft(tables.messages),
    audit: new TableDraft(tables.audit),
    usage: new TableDraft(tables.usage),
    imports: new TableDraft(tables.imports),
    leadKeys: new KeyDraft(keys),
  };
  return {
    ...drafts,
    commit() {
      const parts = Object.values(drafts);
      if (parts.some((part) => part.collides())) return false;
      for (const part of parts) part.apply();
      return true;
    },
  };
}
