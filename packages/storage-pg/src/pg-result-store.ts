import type { ResultRecord, ResultStore } from "@salesagent/ports";
import { toNormalResult } from "@salesagent/ports/store-rules";
import { instant, json, number, optional, type Row, text } from "./columns.js";
import { byInstant } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

const NAMES = ["id", "kind", "lead_id", "run_id", "score", "tier", "data"];
const COLUMNS = [...NAMES, instant("created_at")].join(", ");

function fromResultRow(row: Row): ResultRecord {
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

function toRow({ id, kind, leadId, runId, score, tier, data, createdAt }: ResultRecord): object {
  return { id, kind, lead_id: leadId, run_id: runId, score, tier, data, created_at: createdAt };
}

export interface ResultStatements {
  /** $1: tenant, $2: results as JSON. */
  readonly add: Statement;
  readonly list: PageReader<ResultRecord>;
}

export function createResultStatements(name: TableNames): ResultStatements {
  const results = name("results");
  return {
    add: writing(`insert into ${results} (tenant, id, kind, lead_id, run_id, score, tier, data, created_at)
      select $1, r.id, r.kind, r.lead_id, r.run_id, r.score, r.tier, r.data, r.created_at
      from json_to_recordset($2::json) as r (id text, kind text, lead_id text, run_id text, score double precision,
        tier text, data json, created_at timestamptz)
      on conflict (tenant, id) do nothing`),
    list: createPageReader({
      store: "results",
      table: results,
      columns: COLUMNS,
      order: byInstant("created_at"),
      descending: true,
      fromRow: fromResultRow,
    }),
  };
}

export function createPgResultStore(context: StoreContext, statements: ResultStatements): ResultStore {
  const { tenant, executor } = context;
  return {
    port: "result-store/1",
    async addMany(results, call) {
      call?.signal?.throwIfAborted();
      const rows = results.map((result, index) => toRow(toNormalResult(`results[${index}]`, result)));
      await executor.run("results", statements.add, [tenant, JSON.stringify(rows)], call);
    },
    async latest(leadId, kind, call) {
      return (await statements.list(context, { lead_id: leadId, kind }, { limit: 1 }, call)).items[0];
    },
    async list({ leadId, kind } = {}, page, call) {
      return statements.list(context, { lead_id: leadId, kind }, page, call);
    },
  };
}
