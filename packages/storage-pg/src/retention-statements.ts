import { counting, type Statement, writing } from "./statement.js";
import type { TableNames } from "./store-context.js";

/** Kinds that go by a time and their own state. */
type AgingKind =
  | ("checkpoints" | "flows" | "runs" | "effects" | "audit")
  | ("syncRuns" | "syncEntries" | "conflicts" | "deadLetters" | "inbox");

/**
 * The SQL that drops what is old, the oldest first. `$1` is the tenant, `$2` the most to drop, `$3` up to when. Each statement
 * chooses rows and locks them before it deletes, and passes over those that somebody else has in hand.
 */
export interface RetentionStatements {
  /** They count what they dropped. */
  readonly aging: Readonly<Record<AgingKind, Statement>>;
  /** As `aging`; $4: now. */
  readonly agingOrOver: Readonly<Record<"approvals" | "budgets", Statement>>;
  /** Gives the ids of the threads that it dropped. */
  readonly threads: Statement;
  /** $2: threads. */
  readonly messages: Statement;
  /** Gives the ids of the streams that it dropped. */
  readonly streams: Statement;
  /** $2: streams. */
  readonly streamEvents: Statement;
  /** Answers, vectors, facts. They count what they dropped; $3: now. */
  readonly expired: readonly Statement[];
}

/** Rows of one table, called `r`, and what goes with them. */
interface Old {
  readonly from: string;
  readonly key: string;
  /** What they go by. */
  readonly time: string;
  readonly which?: string;
  /** SQL that deletes what belongs to the rows of `old`. */
  readonly with?: readonly string[];
}

const withPrefix = (prefix: string, columns: string) =>
  columns
    .split(", ")
    .map((column) => `${prefix}.${column}`)
    .join(", ");

/** The beginning of a statement, up to what it does to the rows of `old`. */
function choose({ from, key, time, which = "true", with: parts = [] }: Old, earlier = "<"): string {
  const others = parts.map((sql, index) => `, part_${index} as (${sql})`).join("");
  return `with old as (
      select ${withPrefix("r", key)} from ${from} r
      where r.tenant = $1 and ${time} ${earlier} $3::timestamptz and ${which}
      order by ${time} limit $2 for update of r skip locked
    )${others}`;
}

function drop(old: Old, earlier?: "<="): string {
  const [chosen, found] = [withPrefix("old", old.key), withPrefix("d", old.key)];
  return `${choose(old, earlier)}
    delete from ${old.from} d using old where d.tenant = $1 and (${found}) = (${chosen})`;
}

/** SQL for a run of a graph or an agent that has not ended. */
function goesOn(table: string, id: string): string {
  return `exists (select from ${table} g where g.tenant = $1 and g.id = ${id}
    and g.status in ('pending', 'running', 'waiting'))`;
}

export function createRetentionStatements(name: TableNames): RetentionStatements {
  const [queue, runs] = [name("flow_queue"), name("runs")];
  const deleteOf = (table: string, column: string) =>
    `delete from ${name(table)} d using old where d.tenant = $1 and d.${column} = old.id`;
  const history = ["flow_checkpoints", "flow_steps", "flow_events"].map((table) => deleteOf(table, "run_id"));
  const flows = { from: queue, key: "id", time: "r.ended_at" };
  const [lines, reservations] = [name("budget_lines"), name("budget_reservations")];
  const isOpen = "(o.lease_until > $4::timestamptz or o.lease_until >= $3::timestamptz)";
  const parts = "unnest(o.line_keys, o.line_seqs) as part (key, seq)";
  const openLines = `select part.key, part.seq from ${reservations} o, ${parts} where o.tenant = $1 and ${isOpen}`;
  const keptLines = `select from ${parts} join ${lines} l on l.tenant = $1 and l.key = part.key and l.seq = part.seq
    where l.key not in (select key from old)`;
  const aged = (table: string, time: string, which?: string) =>
    counting(drop({ from: name(table), key: "id", time, ...(which === undefined ? {} : { which }) }));
  const expired = (table: string, key: string) =>
    counting(drop({ from: name(table), key, time: "r.expires_at" }, "<="));

  return {
    aging: {
      checkpoints: counting(`${choose({ ...flows, which: "not r.cleared", with: history })}
        update ${queue} q set cleared = true, last_write = null from old where q.tenant = $1 and q.id = old.id`),
      flows: counting(drop({ ...flows, with: [...history, deleteOf("flow_runs", "id")] })),
      runs: counting(
        drop({
          from: runs,
          key: "id",
          time: "coalesce(r.finished_at, r.started_at)",
          which: "r.status in ('completed', 'failed', 'cancelled')",
          with: [deleteOf("steps", "run_id"), deleteOf("model_calls", "run_id")],
        }),
      ),
      effects: counting(
        drop({
          from: name("effects"),
          key: "key",
          time: "r.updated_at",
          which: `r.status in ('done', 'failed') and not ${goesOn(queue, "r.run_id")} and not ${goesOn(runs, "r.run_id")}`,
        }),
      ),
      audit: aged("audit", "r.at"),
      syncRuns: aged("sync_runs", "coalesce(r.finished_at, r.started_at)", "r.status <> 'running'"),
      syncEntries: aged("sync_entries", "r.at"),
      conflicts: aged("conflicts", "coalesce(r.ended_at, r.found_at)", "r.status <> 'open'"),
      deadLetters: aged("dead_letters", "r.updated_at", "r.status <> 'open'"),
      inbox: aged("inbox", "r.received_at", "r.status <> 'received'"),
    },
    agingOrOver: {
      approvals: counting(
        drop({
          from: name("approvals"),
          key: "id",
          time: "r.requested_at",
          which: "(r.status in ('refused', 'used') or r.expires_at <= $4::timestamptz)",
        }),
      ),
      budgets: counting(
        drop({
          from: lines,
          key: "key",
          time: "r.reserved_at",
          which: `(r.key, r.seq) not in (${openLines})`,
          with: [
            `delete from ${reservations} o where o.tenant = $1 and not ${isOpen}
              and exists (select from old) and not exists (${keptLines})`,
          ],
        }),
      ),
    },
    threads: writing(`${drop({ from: name("threads"), key: "id", time: "r.last_at" })} returning d.id`),
    messages: writing(`delete from ${name("messages")} where tenant = $1 and thread_id = any($2::text[])`),
    streams: writing(
      `${drop({ from: name("streams"), key: "id", time: "r.created_at", which: "r.updated_at < $3::timestamptz" })} returning d.id`,
    ),
    streamEvents: writing(
      `delete from ${name("stream_events")} where tenant = $1 and stream_id = any($2::text[])`,
    ),
    expired: [
      expired("cache_entries", "key"),
      expired("vector_items", "collection, id"),
      expired("facts", "id"),
    ],
  };
}
