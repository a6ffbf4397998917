import type { StreamRecord, StreamStore, StreamWrite } from "@salesagent/ports";
import {
  toNormalStreamDraft,
  toNormalStreamFrom,
  toNormalStreamStop,
  toNormalStreamWrites,
  toStorable,
} from "@salesagent/ports/store-rules";
import { text } from "../columns.js";
import { byInstant } from "../page-order.js";
import { createPageReader, type PageReader } from "../page-reader.js";
import { reading, type Statement, writing } from "../statement.js";
import type { StoreContext, TableNames } from "../store-context.js";
import { toStoreTime } from "../store-time.js";
import { createAppend, fromAppendRow, tellOf, toAppendValues } from "./stream-append.js";
import { fromPartRow, fromStreamRow, STREAM_FIELDS } from "./stream-rows.js";

/** A row of events is of so many at most. */
const MOST_EVENTS_OF_A_ROW = 1000;

/** The SQL of the stream store. The tenant is `$1` everywhere. */
export interface StreamStatements {
  /** $2–$6: id, source, thread, lead, by whom, $7: now. Gives a row where the id was free. */
  readonly open: Statement;
  /** See {@link createAppend}. */
  readonly append: Statement;
  /** $2: id, $3: after, $4: limit. Gives the record and as `parts` the rows that hold the events, of one snapshot. */
  readonly read: Statement;
  /** $2: id. */
  readonly get: Statement;
  /** $2: id, $3: what is asked for. Gives a row where the stream has not ended. */
  readonly stop: Statement;
  readonly list: PageReader<StreamRecord>;
}

export function createStreamStatements(name: TableNames, schema: string): StreamStatements {
  const [streams, events] = [name("streams"), name("stream_events")];
  const one = "s.tenant = $1 and s.id = $2";
  const from = "greatest($3::bigint, s.gone)";
  // in a form that keeps the planner off the index by status, which it may believe to find as few rows as the key does
  const isOpen = "(s.status = 'open') is true";
  return {
    open: writing(`insert into ${streams} (tenant, id, source, status, thread_id, lead_id, started_by, last, fence,
        created_at, updated_at)
      values ($1, $2, $3, 'open', $4, $5, $6, 0, 0, $7::timestamptz, $7::timestamptz)
      on conflict (tenant, id) do nothing returning id`),
    append: createAppend(name, schema),
    read: reading(`select ${STREAM_FIELDS}, (
        select json_agg(json_build_array(e.first, e.events) order by e.last) from ${events} e
        where e.tenant = $1 and e.stream_id = $2 and e.last > ${from}
          and e.last < ${from} + $4::bigint + ${MOST_EVENTS_OF_A_ROW} and e.first <= ${from} + $4::bigint
      ) as parts from ${streams} s where ${one}`),
    get: reading(`select ${STREAM_FIELDS} from ${streams} s where ${one}`),
    stop: writing(`with asked as (
        update ${streams} s set stop = coalesce(s.stop, $3::json) where ${one} and ${isOpen} returning s.id
      )
      select told from (${tellOf(schema, "select id, 1 as place from asked")}) t where exists (select from asked)`),
    list: createPageReader({
      store: "streams",
      table: streams,
      columns: STREAM_FIELDS,
      order: byInstant("created_at"),
      descending: true,
      fromRow: fromStreamRow,
    }),
  };
}

/** Whoever writes to several streams takes them in one order, so that no two wait for each other. */
function inOrder(writes: readonly StreamWrite[]): readonly StreamWrite[] {
  return [...writes].sort((left, right) => (left.id < right.id ? -1 : 1));
}

export function createPgStreamStore(context: StoreContext, statements: StreamStatements): StreamStore {
  const { tenant, executor, clock } = context;
  const toKey = (id: string) => [tenant, toStorable("streams", "id", id)];
  return {
    port: "stream-store/1",
    async open(draft, call) {
      executor.admit("streams", call);
      const { id, source, threadId, leadId, startedBy } = toNormalStreamDraft(draft);
      const about = [threadId ?? null, leadId ?? null, startedBy ?? null];
      const values = [tenant, id, source, ...about, toStoreTime(clock)];
      return (await executor.run("streams", statements.open, values, call)).length > 0;
    },
    async append(writes, call) {
      executor.admit("streams", call);
      const normal = toNormalStreamWrites(writes);
      if (normal.length === 0) return [];
      const values = [tenant, toStoreTime(clock), ...toAppendValues(inOrder(normal))];
      const rows = await executor.run("streams", statements.append, values, call);
      const byId = new Map(rows.map((row) => [text(row, "id"), row]));
      return normal.map(({ id }) => fromAppendRow(byId.get(id)));
    },
    async read(id, from, call) {
      executor.admit("streams", call);
      const normal = toNormalStreamFrom(from);
      const values = [...toKey(id), normal.after, normal.limit];
      const [row] = await executor.run("streams", statements.read, values, call);
      return row === undefined ? undefined : fromPartRow(row, normal);
    },
    async get(id, call) {
      const [row] = await executor.run("streams", statements.get, toKey(id), call);
      return row === undefined ? undefined : fromStreamRow(row);
    },
    async requestStop(id, stop, call) {
      executor.admit("streams", call);
      const asked = { ...toNormalStreamStop(stop), at: toStoreTime(clock) };
      const values = [...toKey(id), JSON.stringify(asked)];
      return (await executor.run("streams", statements.stop, values, call)).length > 0;
    },
    async list({ source, status, threadId, leadId } = {}, page, call) {
      const conditions = { source, status, thread_id: threadId, lead_id: leadId };
      return statements.list(context, conditions, page, call);
    },
  };
}
