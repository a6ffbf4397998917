import type { CallOptions, Message, MessageRecord, MessageStore, ThreadRecord } from "@salesagent/ports";
import {
  checkId,
  toNormalLatest,
  toNormalMessage,
  toNormalSummary,
  toStorable,
} from "@salesagent/ports/store-rules";
import { instant, json, number, optional, type Row, text } from "./columns.js";
import type { Executor } from "./executor.js";
import { byIndex } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { reading, type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

export const MESSAGE_FIELDS = ["thread_id", "message_index", "run_id", "message", instant("created_at")].join(
  ", ",
);

export function fromMessageRow(row: Row): MessageRecord {
  return {
    threadId: text(row, "thread_id"),
    index: number(row, "message_index"),
    ...optional("runId", row, "run_id", text),
    message: json<Message>(row, "message"),
    createdAt: text(row, "created_at"),
  };
}

function fromThreadRow(row: Row): ThreadRecord {
  const summary = optional("summary", row, "summary", (from, column) => ({
    text: text(from, column),
    upTo: number(from, "summary_up_to"),
    createdAt: text(from, "summary_at"),
  }));
  return { threadId: text(row, "id"), length: number(row, "next_index"), ...summary };
}

/** The SQL of the message store. The tenant is `$1` and the thread `$2` everywhere. */
export interface MessageStatements {
  /** $3: messages as JSON, $4: their number, $5: when the last one was made. Gives the index of the first. */
  readonly append: Statement;
  readonly thread: Statement;
  /** $3: the lowest index, $4: how many. Gives the last ones, the very last first. */
  readonly latest: Statement;
  /** $3: text, $4: the last index it tells of, $5: when it was made. Gives the thread where it was kept. */
  readonly summarise: Statement;
  /** Gives the thread that was removed. Messages that are appended meanwhile are waited for. */
  readonly removeThread: Statement;
  readonly removeMessages: Statement;
  readonly list: PageReader<MessageRecord>;
}

export function createMessageStatements(name: TableNames): MessageStatements {
  const messages = name("messages");
  const threads = name("threads");
  const ofThread = "tenant = $1 and thread_id = $2";
  return {
    // the row of the thread is locked until the messages stand, so that no index is given twice and none is left out
    append: writing(`with thread as (
        insert into ${threads} as t (tenant, id, next_index, last_at) values ($1, $2, $4, $5)
        on conflict (tenant, id) do update set next_index = t.next_index + excluded.next_index, last_at = excluded.last_at
        returning next_index - $4::bigint as first_index
      ), added as (
        insert into ${messages} (tenant, thread_id, message_index, run_id, message, created_at)
        select $1, $2, thread.first_index + m.place - 1, m.run_id, m.message, m.created_at
        from thread, rows from (json_to_recordset($3::json) as (run_id text, message json, created_at timestamptz))
          with ordinality as m (run_id, message, created_at, place)
      )
      select first_index from thread`),
    thread: reading(`select id, next_index, summary, summary_up_to, ${instant("summary_at")} from ${threads}
      where tenant = $1 and id = $2`),
    latest: reading(`select ${MESSAGE_FIELDS} from ${messages} m where ${ofThread} and message_index >= $3
      order by m.message_index desc limit $4`),
    summarise: writing(`update ${threads} set summary = $3, summary_up_to = $4, summary_at = $5
      where tenant = $1 and id = $2 and next_index > $4::bigint and coalesce(summary_up_to, -1) < $4::bigint
      returning id`),
    removeThread: writing(`delete from ${threads} where tenant = $1 and id = $2 returning id`),
    removeMessages: writing(`delete from ${messages} where ${ofThread}`),
    list: createPageReader({
      store: "messages",
      table: messages,
      columns: MESSAGE_FIELDS,
      order: byIndex("message_index"),
      fromRow: fromMessageRow,
    }),
  };
}

export function createPgMessageStore(context: StoreContext, statements: MessageStatements): MessageStore {
  const { tenant, executor } = context;
  const place = (threadId: string) => [tenant, toStorable("messages", "threadId", threadId)];
  const find = async (threadId: string, call: CallOptions | undefined) => {
    const [row] = await executor.run("messages", statements.thread, place(threadId), call);
    return row === undefined ? undefined : fromThreadRow(row);
  };
  return {
    port: "message-store/1",
    async append(threadId, messages, call) {
      executor.admit("messages", call);
      checkId("messages", "threadId", threadId);
      const thread = place(threadId);
      const normal = messages.map((message, index) => toNormalMessage(`messages[${index}]`, message));
      const last = normal.at(-1);
      if (last === undefined) return (await find(threadId, call))?.length ?? 0;
      const rows = normal.map(({ runId, message, createdAt }) => ({
        run_id: runId,
        message,
        created_at: createdAt,
      }));
      const values = [...thread, JSON.stringify(rows), rows.length, last.createdAt];
      const [row] = await executor.run("messages", statements.append, values, call);
      return row === undefined ? 0 : number(row, "first_index");
    },
    async list(threadId, page, call) {
      return statements.list(context, { thread_id: threadId }, page, call);
    },
    async latest(threadId, want, call) {
      executor.admit("messages", call);
      const { limit, from } = toNormalLatest(want);
      const rows = await executor.run("messages", statements.latest, [...place(threadId), from, limit], call);
      return rows.map(fromMessageRow).reverse();
    },
    async thread(threadId, call) {
      executor.admit("messages", call);
      return find(threadId, call);
    },
    async summarise(threadId, summary, call) {
      executor.admit("messages", call);
      const { text: said, upTo, createdAt } = toNormalSummary(summary);
      const values = [...place(threadId), said, upTo, createdAt];
      return (await executor.run("messages", statements.summarise, values, call)).length > 0;
    },
    async remove(threadId, call) {
      executor.admit("messages", call);
      const values = place(threadId);
      // the messages by a statement of their own, which sees those that the first one waited for
      const work = async (within: Executor) => {
        const removed = await within.run("messages", statements.removeThread, values, undefined);
        await within.run("messages", statements.removeMessages, values, undefined);
        return removed.length > 0;
      };
      return executor.together("messages", work, call);
    },
  };
}
