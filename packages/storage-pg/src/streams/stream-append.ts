import type { StreamWrite, StreamWritten } from "@salesagent/ports";
import { createBulkSource } from "../bulk-source.js";
import { json, number, optional, type Row, text } from "../columns.js";
import type { RecordColumn } from "../record-columns.js";
import { type Statement, writing } from "../statement.js";
import type { TableNames } from "../store-context.js";
import type { EventPairs } from "./stream-rows.js";

/** So many streams share a notice, unless their ids are too long for it. */
const STREAMS_OF_A_NOTICE = 50;
/** What PostgreSQL takes for a notice, in bytes. */
const LONGEST_NOTICE = 7999;

const toPairs = ({ events }: StreamWrite): EventPairs => events.map(({ type, data }) => [type, data]);

const COLUMNS: readonly RecordColumn<StreamWrite>[] = [
  { name: "id", type: "text", read: ({ id }) => id },
  { name: "new_fence", type: "bigint", read: ({ fence }) => fence },
  { name: "after", type: "bigint", read: ({ after }) => after },
  { name: "added", type: "bigint", read: ({ events }) => events.length },
  { name: "end_status", type: "text", read: ({ end }) => end?.status },
  {
    name: "error",
    type: "optional json",
    read: ({ end }) => (end?.status === "failed" ? end.error : undefined),
  },
  { name: "events", type: "json", read: toPairs },
];
const WRITES = createBulkSource(COLUMNS, 3);

export const toAppendValues = WRITES.toValues;

/** The channel on which the writers of a schema tell which streams go on. */
export function streamChannel(schema: string): string {
  return `salesagent_streams_${schema}`;
}

/**
 * SQL that tells of streams, for a statement that selects from it: nothing else makes it tell.
 *
 * @param from - SQL that gives the streams, by `id` and from 1 by `place`.
 */
export function tellOf(schema: string, from: string): string {
  return `select count(pg_notify('${streamChannel(schema)}',
      case when octet_length(t.notice) <= ${LONGEST_NOTICE} then t.notice else '' end)::text) as told
    from (select json_build_array($1::text, json_agg(f.id))::text as notice from (${from}) f
      group by (f.place - 1) / ${STREAMS_OF_A_NOTICE}) t`;
}

/**
 * Appends to streams: $1: tenant, $2: now, then {@link toAppendValues}. It locks the rows of the streams in the order of the
 * writes, which is to be the same for all, and decides by what stands there then; it changes them as conflicts of an insert, which
 * finds each by its key, whatever the planner believes of the table. Gives `id`, `outcome`, `last` and `stop` for each that it knows.
 */
export function createAppend(name: TableNames, schema: string): Statement {
  const [streams, events] = [name("streams"), name("stream_events")];
  const held = ["status", "fence", "last", "stop", "seq", "source", "created_at", "updated_at"];
  const isWritten = "h.outcome = 'written'";
  const isTold = `${isWritten} and (h.added > 0 or h.end_status is not null)`;
  return writing(`with w (${WRITES.names}) as materialized (select ${WRITES.selected} from ${WRITES.from}),
    held as materialized (
      select w.*, s.*, case when s.status <> 'open' then 'ended' when w.new_fence < s.fence then 'fenced'
        when w.after <> s.last then 'moved' else 'written' end as outcome, row_number() over () as place
      from w cross join lateral (
        select ${held.map((column) => `s.${column}`).join(", ")} from ${streams} s
        where s.tenant = $1 and s.id = w.id offset 0 for update
      ) s
    ),
    changed as (
      insert into ${streams} as s (tenant, id, seq, source, status, error, last, fence, created_at, updated_at)
      overriding system value
      select $1, h.id, h.seq, h.source, case when ${isWritten} then coalesce(h.end_status, 'open') else 'open' end,
        case when ${isWritten} then h.error end, h.last + case when ${isWritten} then h.added else 0 end, h.new_fence,
        h.created_at, case when ${isTold} then $2::timestamptz else h.updated_at end
      from held h
      where ${isTold} or h.outcome in ('written', 'moved') and h.new_fence > h.fence
      on conflict (tenant, id) do update set status = excluded.status, error = excluded.error, last = excluded.last,
        fence = excluded.fence, updated_at = excluded.updated_at
    ),
    kept as (
      insert into ${events} (tenant, stream_id, last, first, events)
      select $1, h.id, h.last + h.added, h.last + 1, h.events from held h where ${isWritten} and h.added > 0
    ),
    told as materialized (${tellOf(schema, `select h.id, h.place from held h where ${isTold}`)})
    select h.id, h.outcome, h.last + case when ${isWritten} then h.added else 0 end as last, h.stop, told.told
    from held h cross join told`);
}

/** @param row - Undefined for a stream that is unknown. */
export function fromAppendRow(row: Row | undefined): StreamWritten {
  if (row === undefined) return { status: "unknown" };
  const status = text(row, "outcome") as StreamWritten["status"];
  switch (status) {
    case "written":
      return {
        status,
        last: number(row, "last"),
        ...optional("stop", row, "stop", json<NonNullable<(StreamWritten & { status: "written" })["stop"]>>),
      };
    case "moved":
    case "ended":
      return { status, last: number(row, "last") };
    default:
      return { status };
  }
}
