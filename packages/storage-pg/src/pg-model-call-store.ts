import type { AttemptPurpose, ModelCallRecord, ModelCallStore, Usage } from "@salesagent/ports";
import { fromNanoUsd, toNanoUsd, toNormalModelCall } from "@salesagent/ports/store-rules";
import { type BulkWriter, createBulkWriter, skipStored } from "./bulk-writer.js";
import { json, number, optional, type Row, text } from "./columns.js";
import { byInstant } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { type RecordColumn, toSelectList } from "./record-columns.js";
import type { StoreContext, TableNames } from "./store-context.js";

function readCost({ costUsd }: ModelCallRecord): number | undefined {
  return costUsd === undefined ? undefined : toNanoUsd("modelCalls", "costUsd", costUsd);
}

function readFee({ feeUsd }: ModelCallRecord): number | undefined {
  return feeUsd === undefined ? undefined : toNanoUsd("modelCalls", "feeUsd", feeUsd);
}

function usd(row: Row, column: string): number {
  return fromNanoUsd(number(row, column));
}

const COLUMNS: readonly RecordColumn<ModelCallRecord>[] = [
  { name: "id", type: "text", read: (call) => call.id },
  { name: "run_id", type: "text", read: (call) => call.runId },
  { name: "step_index", type: "bigint", read: (call) => call.stepIndex },
  { name: "agent", type: "text", read: (call) => call.agent },
  { name: "lead_id", type: "text", read: (call) => call.leadId },
  { name: "campaign_id", type: "text", read: (call) => call.campaignId },
  { name: "provider", type: "text", read: (call) => call.provider },
  { name: "model_id", type: "text", read: (call) => call.modelId },
  { name: "request_id", type: "text", read: (call) => call.requestId },
  { name: "purpose", type: "text", read: (call) => call.purpose },
  { name: "outcome", type: "text", read: (call) => call.outcome },
  { name: "error_code", type: "text", read: (call) => call.errorCode },
  { name: "usage", type: "json", read: (call) => call.usage },
  { name: "cost_nano_usd", type: "bigint", read: readCost },
  { name: "fee_nano_usd", type: "bigint", read: readFee },
  { name: "estimated", type: "boolean", read: (call) => call.estimated },
  { name: "started_at", type: "timestamptz", read: (call) => call.startedAt },
  { name: "latency_ms", type: "double precision", read: (call) => call.latencyMs },
  { name: "first_token_ms", type: "double precision", read: (call) => call.firstTokenMs },
];

function fromModelCallRow(row: Row): ModelCallRecord {
  return {
    id: text(row, "id"),
    ...optional("runId", row, "run_id", text),
    ...optional("stepIndex", row, "step_index", number),
    ...optional("agent", row, "agent", text),
    ...optional("leadId", row, "lead_id", text),
    ...optional("campaignId", row, "campaign_id", text),
    provider: text(row, "provider"),
    modelId: text(row, "model_id"),
    ...optional("requestId", row, "request_id", text),
    ...optional("purpose", row, "purpose", (from, column) => text(from, column) as AttemptPurpose),
    outcome: text(row, "outcome") as ModelCallRecord["outcome"],
    ...optional("errorCode", row, "error_code", text),
    usage: json<Usage>(row, "usage"),
    ...optional("costUsd", row, "cost_nano_usd", usd),
    ...optional("feeUsd", row, "fee_nano_usd", usd),
    ...optional("estimated", row, "estimated", (from, column) => from[column] === "t"),
    startedAt: text(row, "started_at"),
    latencyMs: number(row, "latency_ms"),
    ...optional("firstTokenMs", row, "first_token_ms", number),
  };
}

export interface ModelCallStatements {
  readonly add: BulkWriter<ModelCallRecord>;
  readonly list: PageReader<ModelCallRecord>;
}

export function createModelCallStatements(name: TableNames): ModelCallStatements {
  const calls = name("model_calls");
  return {
    add: createBulkWriter({
      store: "modelCalls",
      table: calls,
      columns: COLUMNS,
      onConflict: skipStored("id"),
    }),
    list: createPageReader({
      store: "modelCalls",
      table: calls,
      columns: toSelectList(COLUMNS),
      order: byInstant("started_at"),
      fromRow: fromModelCallRow,
    }),
  };
}

export function createPgModelCallStore(
  context: StoreContext,
  statements: ModelCallStatements,
): ModelCallStore {
  const { executor } = context;
  return {
    port: "model-call-store/1",
    async addMany(calls, call) {
      executor.admit("modelCalls", call);
      const records = calls.map((record, index) => toNormalModelCall(`calls[${index}]`, record));
      await statements.add(context, records, call);
    },
    async list({ runId } = {}, page, call) {
      return statements.list(context, { run_id: runId }, page, call);
    },
  };
}
