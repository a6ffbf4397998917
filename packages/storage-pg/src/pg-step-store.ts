import type { JsonValue, StepRecord, StepStore } from "@salesagent/ports";
import { toNormalStep } from "@salesagent/ports/store-rules";
import { type BulkWriter, createBulkWriter, replaceStored } from "./bulk-writer.js";
import { json, number, optional, type Row, text } from "./columns.js";
import { byIndex } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { type RecordColumn, toSelectList } from "./record-columns.js";
import type { StoreContext, TableNames } from "./store-context.js";

export const STEP_COLUMNS: readonly RecordColumn<StepRecord>[] = [
  { name: "run_id", type: "text", read: (step) => step.runId },
  { name: "step_index", type: "bigint", read: (step) => step.index },
  { name: "kind", type: "text", read: (step) => step.kind },
  { name: "name", type: "text", read: (step) => step.name },
  { name: "status", type: "text", read: (step) => step.status },
  { name: "input", type: "optional json", read: (step) => step.input },
  { name: "output", type: "optional json", read: (step) => step.output },
  { name: "error", type: "optional json", read: (step) => step.error },
  { name: "started_at", type: "timestamptz", read: (step) => step.startedAt },
  { name: "latency_ms", type: "double precision", read: (step) => step.latencyMs },
];

export function fromStepRow(row: Row): StepRecord {
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
  /** Takes no two steps of one run and index. */
  readonly put: BulkWriter<StepRecord>;
  readonly list: PageReader<StepRecord>;
}

export function createStepStatements(name: TableNames): StepStatements {
  const steps = name("steps");
  return {
    put: createBulkWriter({
      store: "steps",
      table: steps,
      columns: STEP_COLUMNS,
      onConflict: replaceStored("run_id, step_index", STEP_COLUMNS),
    }),
    list: createPageReader({
      store: "steps",
      table: steps,
      columns: toSelectList(STEP_COLUMNS),
      order: byIndex("step_index"),
      fromRow: fromStepRow,
    }),
  };
}

/** The last of equal steps, sorted, so that two batches wait for each other in one order. */
function toBatch(steps: readonly StepRecord[]): readonly StepRecord[] {
  const batch = new Map(steps.map((step) => [JSON.stringify([step.runId, step.index]), step]));
  return [...batch].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, step]) => step);
}

export function createPgStepStore(context: StoreContext, statements: StepStatements): StepStore {
  const { executor } = context;
  return {
    port: "step-store/1",
    async putMany(steps, call) {
      executor.admit("steps", call);
      const batch = toBatch(steps.map((step, index) => toNormalStep(`steps[${index}]`, step)));
      await statements.put(context, batch, call);
    },
    async list(runId, page, call) {
      return statements.list(context, { run_id: runId }, page, call);
    },
  };
}
