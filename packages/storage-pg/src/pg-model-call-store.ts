import type { ModelCallRecord, ModelCallStore, Usage } from "@salesagent/ports";
import { fromNanoUsd, toNanoUsd, toNormalModelCall } from "@salesagent/ports/store-rules";
import { instant, json, number, optional, type Row, text } from "./columns.js";
import { byInstant } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

const PLAIN = [
  "id",
  "run_id",
  "step_index",
  "agent",
  "provider",
  "model_id",
  "request_id",
  "outcome",
  "error_code",
];
const NAMES = [...PLAIN, "usage", "cost_nano_usd", "estimated", "latency_ms", "first_token_ms"];
const COLUMNS = [...NAMES, instant("started_at")].join(", ");

function fromModelCallRow(row: Row): ModelCallRecord {
  return {
    id: text(row, "id"),
    ...optional("runId", row, "run_id", text),
    ...optional("stepIndex", row, "step_index", number),
    ...optional("agent", row, "agent", text),
    provider: text(row, "provider"),
    modelId: text(row, "model_id"),
    ...optional("requestId", row, "request_id", text),
    outcome: text(row, "outcome") as ModelCallRecord["outcome"],
    ...optional("errorCode", row, "error_code", text),
    usage: json<Usage>(row, "usage"),
    ...optional("costUsd", row, "cost_nano_usd", (from, column) => fromNanoUsd(number(from, column))),
    ...optional("estimated", row, "estimated", (from, column) => from[column] === "t"),
    startedAt: text(row, "started_at"),
    latencyMs: number(row, "latency_ms"),
    ...optional("firstTokenMs", row, "first_token_ms", number),
  };
}

function toRow(call: ModelCallRecord): object {
  return {
    id: call.id,
    run_id: call.runId,
    step_index: call.stepIndex,
    agent: call.agent,
    provider: call.provider,
    model_id: call.modelId,
    request_id: call.requestId,
    outcome: call.outcome,
    error_code: call.errorCode,
    usage: call.usage,
    cost_nano_usd: call.costUsd === undefined ? undefined : toNanoUsd("modelCalls", "costUsd", call.costUsd),
    estimated: call.estimated,
    started_at: call.startedAt,
    latency_ms: call.latencyMs,
    first_token_ms: call.firstTokenMs,
  };
}

export interface ModelCallStatements {
  /** $1: tenant, $2: calls as JSON. */
  readonly add: Statement;
  readonly list: PageReader<ModelCallRecord>;
}

export function createModelCallStatements(name: TableNames): ModelCallStatements {
  const calls = name("model_calls");
  const columns = [...NAMES, "started_at"];
  return {
    add: writing(`insert into ${calls} (tenant, ${columns.join(", ")})
      select $1, ${columns.map((column) => `c.${column}`).join(", ")}
      from json_to_recordset($2::json) as c (id text, run_id text, step_index bigint, agent text, provider text,
        model_id text, request_id text, outcome text, error_code text, usage json, cost_nano_usd bigint,
        estimated boolean, latency_ms double precision, first_token_ms double precision, started_at timestamptz)
      on conflict (tenant, id) do nothing`),
    list: createPageReader({
      store: "modelCalls",
      table: calls,
      columns: COLUMNS,
      order: byInstant("started_at"),
      fromRow: fromModelCallRow,
    }),
  };
}

export function createPgModelCallStore(
  context: StoreContext,
  statements: ModelCallStatements,
): ModelCallStore {
  const { tenant, executor } = context;
  return {
    port: "model-call-store/1",
    async addMany(calls, call) {
      call?.signal?.throwIfAborted();
      const rows = calls.map((record, index) => toRow(toNormalModelCall(`calls[${index}]`, record)));
      await executor.run("modelCalls", statements.add, [tenant, JSON.stringify(rows)], call);
    },
    async list({ runId } = {}, page, call) {
      return statements.list(context, { run_id: runId }, page, call);
    },
  };
}
