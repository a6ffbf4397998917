import type { AuditRecord, AuditStore } from "@salesagent/ports";
import { toNormalAudit } from "@salesagent/ports/store-rules";
import { instant, json, optional, type Row, text } from "./columns.js";
import { bySeq } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

const COLUMNS = ["id", instant("at"), "actor", "action", "subject", "run_id", "facts"].join(", ");

function fromAuditRow(row: Row): AuditRecord {
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

function toRow({ id, at, actor, action, subject, runId, facts }: AuditRecord): object {
  return { id, at, actor, action, subject, run_id: runId, facts };
}

export interface AuditStatements {
  /** $1: tenant, $2: records as JSON. */
  readonly add: Statement;
  readonly list: PageReader<AuditRecord>;
}

export function createAuditStatements(name: TableNames): AuditStatements {
  const audit = name("audit");
  return {
    add: writing(`insert into ${audit} (tenant, id, at, actor, action, subject, run_id, facts)
      select $1, r.id, r.at, r.actor, r.action, r.subject, r.run_id, r.facts
      from json_to_recordset($2::json)
        as r (id text, at timestamptz, actor text, action text, subject text, run_id text, facts json)
      on conflict (tenant, id) do nothing`),
    list: createPageReader({
      store: "audit",
      table: audit,
      columns: COLUMNS,
      order: bySeq,
      fromRow: fromAuditRow,
    }),
  };
}

export function createPgAuditStore(context: StoreContext, statements: AuditStatements): AuditStore {
  const { tenant, executor } = context;
  return {
    port: "audit-store/1",
    async addMany(records, call) {
      call?.signal?.throwIfAborted();
      const rows = records.map((record, index) => toRow(toNormalAudit(`records[${index}]`, record)));
      await executor.run("audit", statements.add, [tenant, JSON.stringify(rows)], call);
    },
    async list({ subject, action, runId } = {}, page, call) {
      return statements.list(context, { subject, action, run_id: runId }, page, call);
    },
  };
}
