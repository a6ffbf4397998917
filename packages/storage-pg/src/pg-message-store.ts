import type { Message, MessageRecord, MessageStore } from "@salesagent/ports";
import { checkId, toNormalMessage, toStorable } from "@salesagent/ports/store-rules";
import { instant, json, number, optional, type Row, text } from "./columns.js";
import { byIndex } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { reading, type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";

const COLUMNS = ["thread_id", "message_index", "run_id", "message", instant("created_at")].join(", ");

function fromMessageRow(row: Row): MessageRecord {
  return {
    threadId: text(row, "thread_id"),
    index: number(row, "message_index"),
    ...optional("runId", row, "run_id", text),
    message: json<Message>(row, "message"),
    createdAt: text(row, "created_at"),
  };
}

export interface MessageStatements {
  /** $1: tenant, $2: thread, $3: messages as JSON, $4: their number. Gives the index of the first. */
  readonly append: Statement;
  /** $1: tenant, $2: thread. Gives the index that the next message will have. */
  readonly next: Statement;
  readonly list: PageReader<MessageRecord>;
}

export function createMessageStatements(name: TableNames): MessageStatements {
  const messages = name("messages");
  const threads = name("threads");
  return {
    // the row of the thread is locked until the messages stand, so that no index is given twice and none is left out
    append: writing(`with thread as (
        insert into ${threads} as t (tenant, id, next_index) values ($1, $2, $4)
        on conflict (tenant, id) do update set next_index = t.next_index + excluded.next_index
        returning next_index - $4::bigint as first_index
      ), added as (
        insert into ${messages} (tenant, thread_id, message_index, run_id, message, created_at)
        select $1, $2, thread.first_index + m.place - 1, m.run_id, m.message, m.created_at
        from thread, rows from (json_to_recordset($3::json) as (run_id text, message json, created_at timestamptz))
          with ordinality as m (run_id, message, created_at, place)
      )
      select first_index from thread`),
    next: reading(`select next_index as first_index from ${threads} where tenant = $1 and id = $2`),
    list: createPageReader({
      store: "messages",
      table: messages,
      columns: COLUMNS,
      order: byIndex("message_index"),
      fromRow: fromMessageRow,
    }),
  };
}

export function createPgMessageStore(context: StoreContext, statements: MessageStatements): MessageStore {
  const { tenant, executor } = context;
  return {
    port: "message-store/1",
    async append(threadId, messages, call) {
      executor.admit("messages", call);
      checkId("messages", "threadId", threadId);
      const thread = [tenant, toStorable("messages", "threadId", threadId)];
      const rows = messages
        .map((message, index) => toNormalMessage(`messages[${index}]`, message))
        .map(({ runId, message, createdAt }) => ({ run_id: runId, message, created_at: createdAt }));
      const [row] =
        rows.length === 0
          ? await executor.run("messages", statements.next, thread, call)
          : await executor.run(
              "messages",
              statements.append,
              [...thread, JSON.stringify(rows), rows.length],
              call,
            );
      return row === undefined ? 0 : number(row, "first_index");
    },
    async list(threadId, page, call) {
      return statements.list(context, { thread_id: threadId }, page, call);
    },
  };
}
