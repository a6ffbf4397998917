import type { JsonValue, StepRecord, StepStore } from "@salesagent/ports";
import { toNormalStep } from "@salesagent/ports/store-rules";
import { instant, json, jsonText, number, optional, type Row, text } from "./columns.js";
import { byIndex } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

const NAMES = ["run_id", "step_index", "kind", "name", "status", "input", "output", "error"];
const COLUMNS = [...NAMES, instant("started_at"), "latency_ms"].join(", ");

function fromStepRow(row: Row): StepRecord {
  return {
    runId: text(row, "run_id"),
    index: number(row, "step_index"),
    kind: text(row, "kind") as StepRecord["kind"],
    name: text(row, "name"),
    status: text(row, "status") as StepRecord["status"],
    ...optional("input", row, "input", json<JsonValue>),
    ...optional("output", row, "output", json<JsonValue>),
    ...optional("error", row, "error", json<NonNullable<StepRecord["error"]>>),
    startedAt: text(row, "started_at"),
    latencyMs: number(row, "latency_ms"),
  };
}

export interface StepStatements {
  /** $1: tenant, $2: steps as JSON. */
  readonly put: Statement;
  readonly list: PageReader<StepRecord>;
}

export function createStepStatements(name: TableNames): StepStatements {
  const steps = name("steps");
  return {
    put: writing(`insert into ${steps}
        (tenant, run_id, step_index, kind, name, status, input, output, error, started_at, latency_ms)
      select $1, s.run_id, s.step_index, s.kind, s.name, s.status, s.input::json, s.output::json, s.error,
        s.started_at, s.latency_ms
      from json_to_recordset($2::json) as s (run_id text, step_index bigint, kind text, name text, status text,
        input text, output text, error json, started_at timestamptz, latency_ms double precision)
      on conflict (tenant, run_id, step_index) do update set kind = excluded.kind, name = excluded.name,
        status = excluded.status, input = excluded.input, output = excluded.output, error = excluded.error,
        started_at = excluded.started_at, latency_ms = excluded.latency_ms`),
    list: createPageReader({
      store: "steps",
      table: steps,
      columns: COLUMNS,
      order: byIndex("step_index"),
      fromRow: fromStepRow,
    }),
  };
}

/** The rows of a batch: the last of equal ones, sorted, so that two batches wait for each other in one order. */
function toRows(steps: readonly StepRecord[]): readonly object[] {
  const rows = new Map<string, object>();
  for (const { runId, index, kind, name, status, input, output, error, startedAt, latencyMs } of steps) {
    // as texts, since a property that is JSON's null would come out of the record set as the column's null
    const values = { input: jsonText(input), output: jsonText(output), error };
    const row = { run_id: runId, step_index: index, kind, name, status, ...values };
    rows.set(JSON.stringify([runId, index]), { ...row, started_at: startedAt, latency_ms: latencyMs });
  }
  return [...rows].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
}

export function createPgStepStore(context: StoreContext, statements: StepStatements): StepStore {
  const { tenant, executor } = context;
  return {
    port: "step-store/1",
    async putMany(steps, call) {
      call?.signal?.throwIfAborted();
      const rows = toRows(steps.map((step, index) => toNormalStep(`steps[${index}]`, step)));
      await executor.run("steps", statements.put, [tenant, JSON.stringify(rows)], call);
    },
    async list(runId, page, call) {
      return statements.list(context, { run_id: runId }, page, call);
    },
  };
}
