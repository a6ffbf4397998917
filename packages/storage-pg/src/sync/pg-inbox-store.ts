import type { InboxEntry, InboxStore, JsonValue } from "@salesagent/ports";
import {
  toNormalInboxDraft,
  toNormalInboxOutcome,
  toNormalInboxWant,
  toStorable,
} from "@salesagent/ports/store-rules";
import { instant, json, number, optional, type Row, text } from "../columns.js";
import { byInstant } from "../page-order.js";
import { createPageReader, type PageReader } from "../page-reader.js";
import { type Statement, writing } from "../statement.js";
import type { StoreContext, TableNames } from "../store-context.js";
import { toLeaseTime, toStoreTime } from "../store-time.js";

export const INBOX_FIELDS = [
  ...["id", "source", "key", "body", "hints", "status", "attempts", "error"],
  ...[instant("received_at"), instant("handled_at")],
].join(", ");

export function fromInboxRow(row: Row): InboxEntry {
  return {
    id: text(row, "id"),
    source: text(row, "source"),
    key: text(row, "key"),
    body: text(row, "body"),
    hints: json<JsonValue>(row, "hints"),
    status: text(row, "status") as InboxEntry["status"],
    attempts: number(row, "attempts"),
    ...optional("error", row, "error", json<NonNullable<InboxEntry["error"]>>),
    receivedAt: text(row, "received_at"),
    ...optional("handledAt", row, "handled_at", text),
  };
}

/** The SQL of the inbox. The tenant is `$1` everywhere. */
export interface InboxStatements {
  /** $2–$7: id, source, key, body, hints, when it came. Gives a row where it was new. */
  readonly put: Statement;
  /** $2: source, $3: now, $4: lease in milliseconds, $5: how many. */
  readonly claim: Statement;
  /** $2: id, $3: status, $4: error, $5: when to try again, $6: now. Gives a row where it was to be handled. */
  readonly settle: Statement;
  readonly list: PageReader<InboxEntry>;
}

export function createInboxStatements(name: TableNames): InboxStatements {
  const inbox = name("inbox");
  return {
    put: writing(`insert into ${inbox} (tenant, id, source, key, body, hints, received_at, status, attempts)
      values ($1, $2, $3, $4, $5, $6::json, $7::timestamptz, 'received', 0) on conflict do nothing returning id`),
    claim: writing(
      `select ${INBOX_FIELDS} from ${name("claim_inbox")}($1, $2, $3::timestamptz, $4::bigint, $5::bigint)`,
    ),
    settle: writing(`update ${inbox} set status = $3::text, error = $4::json,
        rests_until = coalesce($5::timestamptz, '-infinity'),
        body = case when $3::text = 'handled' then '' else body end,
        handled_at = case when $3::text = 'handled' then $6::timestamptz end
      where tenant = $1 and id = $2 and status = 'received' returning id`),
    list: createPageReader({
      store: "inbox",
      table: inbox,
      columns: INBOX_FIELDS,
      order: byInstant("received_at"),
      descending: true,
      fromRow: fromInboxRow,
    }),
  };
}

export function createPgInboxStore(context: StoreContext, statements: InboxStatements): InboxStore {
  const { tenant, executor, clock } = context;
  return {
    port: "inbox-store/1",
    async put(entry, call) {
      executor.admit("inbox", call);
      const { id, source, key, body, hints, receivedAt } = toNormalInboxDraft(entry);
      const values = [tenant, id, source, key, body, JSON.stringify(hints), receivedAt];
      return (await executor.run("inbox", statements.put, values, call)).length > 0;
    },
    async claim(want, call) {
      executor.admit("inbox", call);
      const { source, leaseMs, limit } = toNormalInboxWant(want);
      const values = [tenant, source, toLeaseTime(clock), leaseMs, limit];
      return (await executor.run("inbox", statements.claim, values, call)).map(fromInboxRow);
    },
    async settle(id, outcome, call) {
      executor.admit("inbox", call);
      const normal = toNormalInboxOutcome(outcome);
      const error = "error" in normal ? JSON.stringify(normal.error) : null;
      const retryAt = "retryAt" in normal ? normal.retryAt : null;
      const values = [
        tenant,
        toStorable("inbox", "id", id),
        normal.status,
        error,
        retryAt,
        toStoreTime(clock),
      ];
      return (await executor.run("inbox", statements.settle, values, call)).length > 0;
    },
    async list({ source, status } = {}, page, call) {
      return statements.list(context, { source, status }, page, call);
    },
  };
}
