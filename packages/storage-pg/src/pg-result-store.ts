import type { ResultRecord, ResultStore } from "@salesagent/ports";
import { toNormalResult } from "@salesagent/ports/store-rules";
import { type BulkWriter, createBulkWriter, skipStored } from "./bulk-writer.js";
import { json, number, optional, type Row, text } from "./columns.js";
import { byInstant } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { type RecordColumn, toSelectList } from "./record-columns.js";
import type { StoreContext, TableNames } from "./store-context.js";

export const RESULT_COLUMNS: readonly RecordColumn<ResultRecord>[] = [
  { name: "id", type: "text", read: (result) => result.id },
  { name: "kind", type: "text", read: (result) => result.kind },
  { name: "lead_id", type: "text", read: (result) => result.leadId },
  { name: "run_id", type: "text", read: (result) => result.runId },
  { name: "score", type: "double precision", read: (result) => result.score },
  { name: "tier", type: "text", read: (result) => result.tier },
  { name: "data", type: "json", read: (result) => result.data },
  { name: "created_at", type: "timestamptz", read: (result) => result.createdAt },
];

export function fromResultRow(row: Row): ResultRecord {
  return {
    id: text(row, "id"),
    kind: text(row, "kind") as ResultRecord["kind"],
    leadId: text(row, "lead_id"),
    ...optional("runId", row, "run_id", text),
    ...optional("score", row, "score", number),
    ...optional("tier", row, "tier", text),
    data: json(row, "data"),
    createdAt: text(row, "created_at"),
  };
}

export interface ResultStatements {
  readonly add: BulkWriter<ResultRecord>;
  readonly list: PageReader<ResultRecord>;
}

export function createResultStatements(name: TableNames): ResultStatements {
  const results = name("results");
  return {
    add: createBulkWriter({
      store: "results",
      table: results,
      columns: RESULT_COLUMNS,
      onConflict: skipStored("id"),
    }),
    list: createPageReader({
      store: "results",
      table: results,
      columns: toSelectList(RESULT_COLUMNS),
      order: byInstant("created_at"),
      descending: true,
      fromRow: fromResultRow,
    }),
  };
}

export function createPgResultStore(context: StoreContext, statements: ResultStatements): ResultStore {
  const { executor } = context;
  return {
    port: "result-store/1",
    async addMany(results, call) {
      executor.admit("results", call);
      const records = results.map((result, index) => toNormalResult(`results[${index}]`, result));
      await statements.add(context, records, call);
    },
    async latest(leadId, kind, call) {
      return (await statements.list(context, { lead_id: leadId, kind }, { limit: 1 }, call)).items[0];
    },
    async list({ leadId, kind } = {}, page, call) {
      return statements.list(context, { lead_id: leadId, kind }, page, call);
    },
  };
}
