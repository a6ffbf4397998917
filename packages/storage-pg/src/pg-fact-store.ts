import type { FactRecord, FactStore } from "@salesagent/ports";
import { toNormalFacts, toStorable } from "@salesagent/ports/store-rules";
import { type BulkWriter, createBulkWriter, replaceStored } from "./bulk-writer.js";
import { json, optional, type Row, text } from "./columns.js";
import { byInstant } from "./page-order.js";
import { createPageReader, type PageReader } from "./page-reader.js";
import { type RecordColumn, toSelectList } from "./record-columns.js";
import { type Statement, writing } from "./statement.js";
import type { StoreContext, TableNames } from "./store-context.js";
import { toStoreTime } from "./store-time.js";

export const FACT_COLUMNS: readonly RecordColumn<FactRecord>[] = [
  { name: "id", type: "text", read: (fact) => fact.id },
  { name: "subject", type: "text", read: (fact) => fact.subject },
  { name: "text", type: "text", read: (fact) => fact.text },
  { name: "thread_id", type: "text", read: (fact) => fact.threadId },
  { name: "run_id", type: "text", read: (fact) => fact.runId },
  { name: "data", type: "optional json", read: (fact) => fact.data },
  { name: "created_at", type: "timestamptz", read: (fact) => fact.createdAt },
  { name: "expires_at", type: "timestamptz", read: (fact) => fact.expiresAt },
];

export function fromFactRow(row: Row): FactRecord {
  return {
    id: text(row, "id"),
    subject: text(row, "subject"),
    text: text(row, "text"),
    ...optional("threadId", row, "thread_id", text),
    ...optional("runId", row, "run_id", text),
    ...optional("data", row, "data", json<NonNullable<FactRecord["data"]>>),
    createdAt: text(row, "created_at"),
    ...optional("expiresAt", row, "expires_at", text),
  };
}

export interface FactStatements {
  /**
   * Takes no two facts of one id. They go in the order of storing, which lists tell; two batches of the same facts in
   * opposite orders may block each other, and one of them is then run again.
   */
  readonly put: BulkWriter<FactRecord>;
  /** $1: tenant, $2: ids. */
  readonly remove: Statement;
  readonly list: PageReader<FactRecord>;
}

export function createFactStatements(name: TableNames): FactStatements {
  const facts = name("facts");
  return {
    put: createBulkWriter({
      store: "facts",
      table: facts,
      columns: FACT_COLUMNS,
      onConflict: replaceStored("id", FACT_COLUMNS),
    }),
    remove: writing(`with chosen as (
        select id from ${facts} where tenant = $1 and id = any($2::text[]) order by id for update
      )
      delete from ${facts} f using chosen where f.tenant = $1 and f.id = chosen.id`),
    list: createPageReader({
      store: "facts",
      table: ({ clock }, parameter) =>
        `(select * from ${facts} where expires_at is null or expires_at > ${parameter(toStoreTime(clock))}::timestamptz)`,
      columns: toSelectList(FACT_COLUMNS),
      order: byInstant("created_at"),
      descending: true,
      fromRow: fromFactRow,
    }),
  };
}

export function createPgFactStore(context: StoreContext, statements: FactStatements): FactStore {
  const { tenant, executor } = context;
  return {
    port: "fact-store/1",
    async putMany(facts, call) {
      executor.admit("facts", call);
      await statements.put(context, toNormalFacts(facts), call);
    },
    async list({ subject, threadId } = {}, page, call) {
      return statements.list(context, { subject, thread_id: threadId }, page, call);
    },
    async remove(ids, call) {
      executor.admit("facts", call);
      const wanted = toStorable("facts", "ids", ids);
      if (wanted.length > 0) await executor.run("facts", statements.remove, [tenant, wanted], call);
    },
  };
}
