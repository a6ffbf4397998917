import type { RunPatch, RunRecord, RunStore } from "@salesagent/ports";
import {
  fromNanoUsd,
  invalidValue,
  recordNotFound,
  toNanoUsd,
  toNormalPatch,
  toNormalRun,
  toNormalStatsRange,
  toStorable,
} from "@salesagent/ports/store-rules";
import { type BulkWriter, createBulkWriter, replaceStored } from "./bulk-writer.js";
import { json, jsonText, number, optional, type Row, text } from "./columns.js";
import { byInstant } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { createPartsCostStatement, fromPartsCostRow } from "./pg-parts-cost.js";
import { createStatsStatement, fromStatsRow } from "./pg-run-stats.js";
import { type RecordColumn, toSelectList } from "./record-columns.js";
import { reading, type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

function readCost({ costUsd }: RunPatch): number | undefined {
  return costUsd === undefined ? undefined : toNanoUsd("runs", "costUsd", costUsd);
}

export const RUN_COLUMNS: readonly RecordColumn<RunRecord>[] = [
  { name: "id", type: "text", read: (run) => run.id },
  { name: "agent", type: "text", read: (run) => run.agent },
  { name: "status", type: "text", read: (run) => run.status },
  { name: "lead_id", type: "text", read: (run) => run.leadId },
  { name: "thread_id", type: "text", read: (run) => run.threadId },
  { name: "parent_run_id", type: "text", read: (run) => run.parentRunId },
  { name: "input", type: "json", read: (run) => run.input },
  { name: "output", type: "optional json", read: (run) => run.output },
  { name: "error", type: "optional json", read: (run) => run.error },
  { name: "engine", type: "text", read: (run) => run.engine },
  { name: "usage", type: "optional json", read: (run) => run.usage },
  { name: "cost_nano_usd", type: "bigint", read: readCost },
  { name: "started_at", type: "timestamptz", read: (run) => run.startedAt },
  { name: "finished_at", type: "timestamptz", read: (run) => run.finishedAt },
  { name: "latency_ms", type: "double precision", read: (run) => run.latencyMs },
];

export function fromRunRow(row: Row): RunRecord {
  return {
    id: text(row, "id"),
    agent: text(row, "agent"),
    status: text(row, "status") as RunRecord["status"],
    ...optional("leadId", row, "lead_id", text),
    ...optional("threadId", row, "thread_id", text),
    ...optional("parentRunId", row, "parent_run_id", text),
    input: json<RunRecord["input"]>(row, "input"),
    ...optional("output", row, "output", json<RunRecord["input"]>),
    ...optional("error", row, "error", json<NonNullable<RunRecord["error"]>>),
    ...optional("engine", row, "engine", text),
    ...optional("usage", row, "usage", json<NonNullable<RunRecord["usage"]>>),
    ...optional("costUsd", row, "cost_nano_usd", (from, column) => fromNanoUsd(number(from, column))),
    startedAt: text(row, "started_at"),
    ...optional("finishedAt", row, "finished_at", text),
    ...optional("latencyMs", row, "latency_ms", number),
  };
}

/** The SQL of the run store. The tenant is `$1` everywhere. */
export interface RunStatements {
  /** $2: id, $3–$10: what a patch may change, $11: agent, $12–$14: lead, thread, parent run, $15: input, $16: start. */
  readonly create: Statement;
  /** $2: id, $3–$10: what a patch may change; null leaves it. Gives the id. */
  readonly update: Statement;
  /** Takes no two runs of one id. */
  readonly put: BulkWriter<RunRecord>;
  /** $2: id. */
  readonly get: Statement;
  readonly list: PageReader<RunRecord>;
  /** See {@link createStatsStatement}. */
  readonly stats: Statement;
  /** See {@link createPartsCostStatement}. */
  readonly costsOfParts: Statement;
}

export function createRunStatements(name: TableNames): RunStatements {
  const runs = name("runs");
  return {
    create:
      writing(`insert into ${runs} (tenant, id, status, output, error, engine, usage, cost_nano_usd, finished_at,
        latency_ms, agent, lead_id, thread_id, parent_run_id, input, started_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
      on conflict (tenant, id) do nothing returning id`),
    update: writing(`update ${runs} set status = coalesce($3, status), output = coalesce($4, output),
        error = coalesce($5, error), engine = coalesce($6, engine), usage = coalesce($7, usage),
        cost_nano_usd = coalesce($8, cost_nano_usd), finished_at = coalesce($9, finished_at),
        latency_ms = coalesce($10, latency_ms)
      where tenant = $1 and id = $2 returning id`),
    put: createBulkWriter({
      store: "runs",
      table: runs,
      columns: RUN_COLUMNS,
      onConflict: replaceStored("id", RUN_COLUMNS),
    }),
    get: reading(`select ${toSelectList(RUN_COLUMNS)} from ${runs} where tenant = $1 and id = $2`),
    list: createPageReader({
      store: "runs",
      table: runs,
      columns: toSelectList(RUN_COLUMNS),
      order: byInstant("started_at"),
      descending: true,
      fromRow: fromRunRow,
    }),
    stats: createStatsStatement(runs),
    costsOfParts: createPartsCostStatement(runs, name("model_calls")),
  };
}

/** What a patch may change, null where it doesn't: JSON's own null is the text `null`. */
function toPatchValues(patch: RunPatch) {
  const { status, output, error, engine, usage, finishedAt, latencyMs } = patch;
  return [
    ...[status ?? null, jsonText(output), jsonText(error), engine ?? null],
    ...[jsonText(usage), readCost(patch) ?? null, finishedAt ?? null, latencyMs ?? null],
  ];
}

/**
 * The last run of each id. In the order of storing, which lists tell; two batches of the same runs in opposite orders may
 * block each other, and one of them is then run again.
 */
function toBatch(runs: readonly RunRecord[]): readonly RunRecord[] {
  return [...new Map(runs.map((run) => [run.id, run])).values()];
}

export function createPgRunStore(context: StoreContext, statements: RunStatements): RunStore {
  const { tenant, executor } = context;
  return {
    port: "run-store/1",
    async create(run, call) {
      executor.admit("runs", call);
      const stored = toNormalRun("run", run);
      const { id, agent, leadId, threadId, parentRunId, input, startedAt } = stored;
      const links = [leadId ?? null, threadId ?? null, parentRunId ?? null];
      const values = [
        tenant,
        id,
        ...toPatchValues(stored),
        agent,
        ...links,
        JSON.stringify(input),
        startedAt,
      ];
      const [created] = await executor.run("runs", statements.create, values, call);
      if (created === undefined) throw invalidValue("runs", "run.id", "it is taken");
    },
    async update(id, patch, call) {
      executor.admit("runs", call);
      const values = [tenant, toStorable("runs", "id", id), ...toPatchValues(toNormalPatch(patch))];
      const [updated] = await executor.run("runs", statements.update, values, call);
      if (updated === undefined) throw recordNotFound("runs", id);
    },
    async putMany(runs, call) {
      executor.admit("runs", call);
      const batch = toBatch(runs.map((run, index) => toNormalRun(`runs[${index}]`, run)));
      await statements.put(context, batch, call);
    },
    async get(id, call) {
      const [row] = await executor.run("runs", statements.get, [tenant, toStorable("runs", "id", id)], call);
      return row === undefined ? undefined : fromRunRow(row);
    },
    async list({ agent, status, leadId } = {}, page, call) {
      return statements.list(context, { agent, status, lead_id: leadId }, page, call);
    },
    async stats(range, call) {
      executor.admit("runs", call);
      const { from, before, agent } = toNormalStatsRange(range);
      const values = [tenant, from, before, agent ?? null];
      return (await executor.run("runs", statements.stats, values, call)).map(fromStatsRow);
    },
    async costsOfParts(parentRunIds, call) {
      executor.admit("runs", call);
      const values = [tenant, [...new Set(toStorable("runs", "parentRunIds", parentRunIds))]];
      return (await executor.run("runs", statements.costsOfParts, values, call)).map(fromPartsCostRow);
    },
  };
}
