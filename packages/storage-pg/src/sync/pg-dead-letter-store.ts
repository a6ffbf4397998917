import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterStore,
  JsonObject,
  RecordKind,
} from "@salesagent/ports";
import { checkLetterEnd, toLetterKey, toNormalDeadLetter, toStorable } from "@salesagent/ports/store-rules";
import { instant, instantText, json, number, optional, type Row, text } from "../columns.js";
import { byInstant } from "../page-order.js";
import { type Conditions, createPageReader, type PageReader, toWhere } from "../page-reader.js";
import { createStatementCache, reading, type Statement, writing } from "../statement.js";
import type { StoreContext, TableNames } from "../store-context.js";
import { toStoreTime } from "../store-time.js";

const LONGEST_HISTORY = 20;

export const LETTER_FIELDS = [
  ...[
    "id",
    "connection",
    "kind",
    "record_id",
    "crm_id",
    "operation",
    "payload",
    "error",
    "history",
    "status",
  ],
  ...[instant("added_at"), instant("updated_at"), "ended_by"],
].join(", ");

export function fromLetterRow(row: Row): DeadLetter {
  return {
    id: text(row, "id"),
    connection: text(row, "connection"),
    kind: text(row, "kind") as RecordKind,
    ...optional("recordId", row, "record_id", text),
    ...optional("crmId", row, "crm_id", text),
    operation: text(row, "operation"),
    payload: json<JsonObject>(row, "payload"),
    error: json<DeadLetter["error"]>(row, "error"),
    history: json<DeadLetter["history"]>(row, "history"),
    status: text(row, "status") as DeadLetter["status"],
    addedAt: text(row, "added_at"),
    updatedAt: text(row, "updated_at"),
    ...optional("endedBy", row, "ended_by", text),
  };
}

/** The SQL of the dead letters. The tenant is `$1` and an id `$2` everywhere. */
export interface DeadLetterStatements {
  /**
   * $3: what tells open letters apart, $4–$10: connection, kind, record, CRM's id, operation, payload, error, $11: when. Gives the
   * letter that stands.
   */
  readonly add: Statement;
  readonly get: Statement;
  /** $3: status, $4: by whom, $5: now. Gives a row where it was open. */
  readonly end: Statement;
  readonly list: PageReader<DeadLetter>;
  /** Of the letters that meet a condition. */
  readonly count: (where: string) => Statement;
}

export function createDeadLetterStatements(name: TableNames): DeadLetterStatements {
  const letters = name("dead_letters");
  const counting = createStatementCache(reading);
  /** The history of a letter with its own error at the end. */
  const history = `(select json_agg(kept.entry order by kept.place) from (
      select entry, place from (
        select h.entry, h.place from json_array_elements(d.history) with ordinality as h (entry, place)
        union all
        select json_build_object('at', ${instantText("d.updated_at")}, 'error', d.error), ${LONGEST_HISTORY + 1}
      ) every order by place desc limit ${LONGEST_HISTORY}
    ) kept)`;
  return {
    add: writing(`with same as (select * from ${letters} where tenant = $1 and id = $2),
      put as (
        insert into ${letters} as d (tenant, id, letter_hash, connection, kind, record_id, crm_id, operation, payload, error,
          history, status, added_at, updated_at)
        select $1, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'), $4, $5, $6, $7, $8, $9::json, $10::json,
          '[]', 'open', $11::timestamptz, $11::timestamptz
        where not exists (select from same)
        on conflict (tenant, letter_hash) where status = 'open' do update set crm_id = coalesce(excluded.crm_id, d.crm_id),
          payload = excluded.payload, error = excluded.error, updated_at = excluded.added_at, history = ${history}
        returning d.*
      )
      select ${LETTER_FIELDS} from (select * from same union all select * from put) letter`),
    get: reading(`select ${LETTER_FIELDS} from ${letters} where tenant = $1 and id = $2`),
    end: writing(`update ${letters} set status = $3, ended_by = $4, updated_at = $5::timestamptz
      where tenant = $1 and id = $2 and status = 'open' returning id`),
    list: createPageReader({
      store: "deadLetters",
      table: letters,
      columns: LETTER_FIELDS,
      order: byInstant("added_at"),
      descending: true,
      fromRow: fromLetterRow,
    }),
    count: (where) => counting(`select count(*) as count from ${letters} where ${where}`),
  };
}

function toConditions({ connection, kind, recordId, status }: DeadLetterFilter): Conditions {
  return { connection, kind, record_id: recordId, status };
}

export function createPgDeadLetterStore(
  context: StoreContext,
  statements: DeadLetterStatements,
): DeadLetterStore {
  const { tenant, executor, clock } = context;
  return {
    port: "dead-letter-store/1",
    async add(letter, call) {
      executor.admit("deadLetters", call);
      const normal = toNormalDeadLetter(letter);
      const { id, connection, kind, recordId, crmId, operation, payload, error, addedAt } = normal;
      const about = [connection, kind, recordId ?? null, crmId ?? null, operation];
      const content = [JSON.stringify(payload), JSON.stringify(error), addedAt];
      const values = [tenant, id, toLetterKey(normal), ...about, ...content];
      const [row] = await executor.run("deadLetters", statements.add, values, call);
      if (row === undefined) throw new Error("a dead letter was added and did not come back");
      return fromLetterRow(row);
    },
    async get(id, call) {
      executor.admit("deadLetters", call);
      const values = [tenant, toStorable("deadLetters", "id", id)];
      const [row] = await executor.run("deadLetters", statements.get, values, call);
      return row === undefined ? undefined : fromLetterRow(row);
    },
    async end(id, status, by, call) {
      executor.admit("deadLetters", call);
      checkLetterEnd(status, by);
      const values = [tenant, toStorable("deadLetters", "id", id), status, by ?? null, toStoreTime(clock)];
      return (await executor.run("deadLetters", statements.end, values, call)).length > 0;
    },
    async list(filter = {}, page, call) {
      return statements.list(context, toConditions(filter), page, call);
    },
    async count(filter = {}, call) {
      executor.admit("deadLetters", call);
      const values: unknown[] = [];
      const where = toWhere("deadLetters", tenant, toConditions(filter), values);
      const [row] = await executor.run("deadLetters", statements.count(where), values, call);
      return row === undefined ? 0 : number(row, "count");
    },
  };
}
