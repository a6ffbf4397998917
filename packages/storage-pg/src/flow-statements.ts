import type { FlowCheckpoint, FlowRecord } from "@salesagent/ports";
import { instant, instantText, json, number, optional, type Row, text } from "./columns.js";
import { type Commits, createCommits } from "./flow-commit.js";
import { byIndex, byInstant } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { reading, type Statement, writing } from "./statement.js";
import type { TableNames } from "./store-context.js";
import { leaseTime } from "./store-time.js";

const RECORD_COLUMNS = [
  ...["id", "graph", "version", "status", "input", "output", "error", "thread_id", "parent_id"],
  ...["checkpoint", "fence", "owner", instant("due_at"), "to_json(awaiting) as awaiting", "stop"],
  ...[instant("created_at"), instant("updated_at")],
].join(", ");

export function fromFlowRow(row: Row): FlowRecord {
  return {
    id: text(row, "id"),
    graph: text(row, "graph"),
    version: text(row, "version"),
    status: text(row, "status") as FlowRecord["status"],
    input: json<FlowRecord["input"]>(row, "input"),
    ...optional("output", row, "output", json<FlowRecord["input"]>),
    ...optional("error", row, "error", json<NonNullable<FlowRecord["error"]>>),
    ...optional("threadId", row, "thread_id", text),
    ...optional("parentId", row, "parent_id", text),
    seq: number(row, "checkpoint"),
    fence: number(row, "fence"),
    ...optional("owner", row, "owner", text),
    ...optional("dueAt", row, "due_at", text),
    awaiting: json<readonly string[]>(row, "awaiting"),
    ...optional("stop", row, "stop", json<NonNullable<FlowRecord["stop"]>>),
    createdAt: text(row, "created_at"),
    updatedAt: text(row, "updated_at"),
  };
}

const CHECKPOINT_COLUMNS = ["number", "delta", "snapshot", instant("at")].join(", ");

function fromCheckpointRow(row: Row): FlowCheckpoint {
  return {
    seq: number(row, "number"),
    delta: json<FlowRecord["input"]>(row, "delta"),
    ...optional("snapshot", row, "snapshot", json<FlowRecord["input"]>),
    at: text(row, "at"),
  };
}

/** The SQL of the flow store. The tenant is `$1` everywhere. */
export interface FlowStatements {
  /** $2–$7: id, graph, version, input, thread, parent, $8: when it is due, $9: now. Gives a row where the id was free. */
  readonly create: Statement;
  /** $2: id. */
  readonly get: Statement;
  /**
   * $2: id. Gives the record, the number of the last checkpoint with a snapshot (`base`, 0 for none), and as JSON the
   * checkpoints from there on, the steps and the events.
   */
  readonly load: Statement;
  readonly commit: Commits;
  /** $2: id, $3: keys of steps. What a commit that was not taken in may have met: see `diagnose` in the store. */
  readonly diagnose: Statement;
  /** $2: id, $3: name, $4: payload, $5: now. Gives a row where the run has not ended. */
  readonly deliver: Statement;
  /** $2: id, $3: by whom, $4: why, $5: now. Gives a row where the run has not ended. */
  readonly stop: Statement;
  /** $2: id, $3: now. Gives a row where the run had failed, and has what it goes on from. */
  readonly reopen: Statement;
  readonly list: PageReader<FlowRecord>;
  readonly history: PageReader<FlowCheckpoint>;
}

/** The channel on which the writers of a schema tell its workers that something may be due. */
export function flowChannel(schema: string): string {
  return `salesagent_flows_${schema}`;
}

export function createFlowStatements(name: TableNames, schema: string): FlowStatements {
  const [runs, queue, events] = [name("flow_runs"), name("flow_queue"), name("flow_events")];
  const [steps, checkpoints] = [name("flow_steps"), name("flow_checkpoints")];
  const tell = `pg_notify('${flowChannel(schema)}', '')::text`;
  const record = `(select * from ${runs} join ${queue} using (tenant, id))`;
  const open = "q.tenant = $1 and q.id = $2 and q.status in ('pending', 'running', 'waiting')";
  const ofRun = "tenant = $1 and run_id = $2";
  return {
    create: writing(`with created as (
        insert into ${runs} (tenant, id, input, thread_id, parent_id, created_at)
        values ($1, $2, $5::json, $6, $7, ${leaseTime("$9")}) on conflict (tenant, id) do nothing returning id
      ), queued as (
        insert into ${queue} (tenant, id, graph, version, status, due_at, updated_at)
        select $1, id, $3, $4, 'pending', coalesce($8::timestamptz, ${leaseTime("$9")}), ${leaseTime("$9")}
        from created returning due_at
      )
      select case when due_at <= ${leaseTime("$9")} then ${tell} end as told from queued`),
    get: reading(`select ${RECORD_COLUMNS} from ${record} r where tenant = $1 and id = $2`),
    load: reading(`with base as (
        select coalesce(max(number), 0) as number from ${checkpoints} where ${ofRun} and snapshot is not null
      )
      select ${RECORD_COLUMNS}, base.number as base,
        (select json_agg(json_build_object('seq', c.number, 'delta', c.delta, 'snapshot', c.snapshot,
            'at', ${instantText("c.at")}) order by c.number)
          from ${checkpoints} c where ${ofRun} and c.number >= (select b.number from base b)) as checkpoints,
        (select json_agg(json_build_object('key', s.key, 'value', s.value) order by s.seq)
          from ${steps} s where ${ofRun}) as steps,
        (select json_agg(json_build_object('name', e.name, 'payload', e.payload) order by e.seq)
          from ${events} e where ${ofRun}) as events
      from ${record} r, base where tenant = $1 and id = $2`),
    commit: createCommits({ queue, runs, steps, checkpoints, events, tell }),
    diagnose: reading(`select status, fence, checkpoint, last_write,
        to_json(array(select key from ${steps} where ${ofRun} and key = any($3::text[]))) as remembered
      from ${queue} where tenant = $1 and id = $2`),
    deliver: writing(`with run as (
        update ${queue} q set updated_at = ${leaseTime("$5")},
          inbox = case when $3 = any(q.inbox) then q.inbox else q.inbox || $3::text end,
          due_at = case when q.status = 'waiting' and $3 = any(q.awaiting) then least(q.due_at, ${leaseTime("$5")})
            else q.due_at end
        where ${open} returning q.status, q.due_at
      ), put as (
        insert into ${events} (tenant, run_id, name, payload) select $1, $2, $3, $4::json from run
        on conflict (tenant, run_id, name) do nothing
      )
      select case when status = 'waiting' and due_at <= ${leaseTime("$5")} then ${tell} end as told from run`),
    stop: writing(`with run as (
        update ${queue} q set stopping = true, updated_at = ${leaseTime("$5")},
          due_at = case when q.status = 'running' then q.due_at else least(q.due_at, ${leaseTime("$5")}) end
        where ${open} returning q.status
      ), said as (
        update ${runs} r set stop = coalesce(r.stop,
          json_build_object('by', $3::text, 'reason', $4::text, 'at', ${instantText(leaseTime("$5"))}))
        from run where r.tenant = $1 and r.id = $2
      )
      select case when status <> 'running' then ${tell} end as told from run`),
    reopen: writing(`with run as (
        update ${queue} q set status = 'pending', due_at = ${leaseTime("$3")}, ended_at = null, stopping = false,
          updated_at = ${leaseTime("$3")}
        where q.tenant = $1 and q.id = $2 and q.status = 'failed' and not q.cleared returning q.id
      ), reopened as (
        update ${runs} r set error = null, stop = null from run where r.tenant = $1 and r.id = $2
      )
      select ${tell} as told from run`),
    list: createPageReader({
      store: "flows",
      table: record,
      columns: RECORD_COLUMNS,
      order: byInstant("created_at"),
      descending: true,
      fromRow: fromFlowRow,
    }),
    history: createPageReader({
      store: "flows",
      table: checkpoints,
      columns: CHECKPOINT_COLUMNS,
      order: byIndex("number"),
      fromRow: fromCheckpointRow,
    }),
  };
}
