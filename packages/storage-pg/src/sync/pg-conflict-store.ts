import type { ConflictFilter, ConflictRecord, ConflictStore, JsonValue, RecordKind } from "@salesagent/ports";
import { type ConflictEnd, toNormalConflicts, toNormalEnds, toStorable } from "@salesagent/ports/store-rules";
import { createBulkSource } from "../bulk-source.js";
import { json, number, optional, type Row, text } from "../columns.js";
import { byInstant } from "../page-order.js";
import { type Conditions, createPageReader, type PageReader, toWhere } from "../page-reader.js";
import { type RecordColumn, toSelectList } from "../record-columns.js";
import { createStatementCache, plannedAnew, reading, type Statement, writing } from "../statement.js";
import type { StoreContext, TableNames } from "../store-context.js";
import { toStoreTime } from "../store-time.js";

export const CONFLICT_COLUMNS: readonly RecordColumn<ConflictRecord>[] = [
  { name: "id", type: "text", read: ({ id }) => id },
  { name: "connection", type: "text", read: ({ connection }) => connection },
  { name: "kind", type: "text", read: ({ kind }) => kind },
  { name: "record_id", type: "text", read: ({ recordId }) => recordId },
  { name: "crm_id", type: "text", read: ({ crmId }) => crmId },
  { name: "field", type: "text", read: ({ field }) => field },
  { name: "policy", type: "text", read: ({ policy }) => policy },
  { name: "base", type: "json", read: ({ base }) => base },
  { name: "app", type: "json", read: ({ app }) => app },
  { name: "crm", type: "json", read: ({ crm }) => crm },
  { name: "status", type: "text", read: ({ status }) => status },
  { name: "taken", type: "text", read: ({ taken }) => taken },
  { name: "value", type: "optional json", read: ({ value }) => value },
  { name: "found_at", type: "timestamptz", read: ({ foundAt }) => foundAt },
  { name: "ended_at", type: "timestamptz", read: ({ endedAt }) => endedAt },
  { name: "ended_by", type: "text", read: ({ endedBy }) => endedBy },
];
export const CONFLICT_FIELDS = toSelectList(CONFLICT_COLUMNS);

const END: readonly RecordColumn<ConflictEnd>[] = [
  { name: "id", type: "text", read: ({ id }) => id },
  { name: "status", type: "text", read: ({ status }) => status },
  { name: "taken", type: "text", read: ({ taken }) => taken },
  { name: "value", type: "optional json", read: ({ value }) => value },
  { name: "ended_by", type: "text", read: ({ by }) => by },
];
const NEW = createBulkSource(CONFLICT_COLUMNS, 2);
const ENDS = createBulkSource(END, 3);

export function fromConflictRow(row: Row): ConflictRecord {
  return {
    id: text(row, "id"),
    connection: text(row, "connection"),
    kind: text(row, "kind") as RecordKind,
    recordId: text(row, "record_id"),
    ...optional("crmId", row, "crm_id", text),
    field: text(row, "field"),
    policy: text(row, "policy"),
    base: json<JsonValue>(row, "base"),
    app: json<JsonValue>(row, "app"),
    crm: json<JsonValue>(row, "crm"),
    status: text(row, "status") as ConflictRecord["status"],
    ...optional(
      "taken",
      row,
      "taken",
      (from, column) => text(from, column) as NonNullable<ConflictRecord["taken"]>,
    ),
    ...optional("value", row, "value", json<JsonValue>),
    foundAt: text(row, "found_at"),
    ...optional("endedAt", row, "ended_at", text),
    ...optional("endedBy", row, "ended_by", text),
  };
}

/** The SQL of the conflict store. The tenant is `$1` everywhere. */
export interface ConflictStatements {
  /** From $2: the columns. Gives the ids that were added. */
  readonly add: Statement;
  /** $2: id. */
  readonly get: Statement;
  /** $2: now, from $3: the ends. Gives the ids that were ended. */
  readonly end: Statement;
  readonly list: PageReader<ConflictRecord>;
  /** Of the conflicts that meet a condition. */
  readonly count: (where: string) => Statement;
}

export function createConflictStatements(name: TableNames): ConflictStatements {
  const conflicts = name("conflicts");
  const counting = createStatementCache(reading);
  return {
    add: writing(`insert into ${conflicts} (tenant, ${NEW.names}) select $1, ${NEW.selected} from ${NEW.from}
      on conflict (tenant, id) do nothing returning id`),
    get: reading(`select ${CONFLICT_FIELDS} from ${conflicts} where tenant = $1 and id = $2`),
    end: plannedAnew(
      writing(`with w (${ENDS.names}) as materialized (select ${ENDS.selected} from ${ENDS.from})
        update ${conflicts} c set status = w.status, taken = coalesce(w.taken, c.taken), value = coalesce(w.value, c.value),
          ended_at = $2::timestamptz, ended_by = coalesce(w.ended_by, c.ended_by)
        from w where c.tenant = $1 and c.id = w.id and c.status = 'open' returning c.id`),
    ),
    list: createPageReader({
      store: "conflicts",
      table: conflicts,
      columns: CONFLICT_FIELDS,
      order: byInstant("found_at"),
      descending: true,
      fromRow: fromConflictRow,
    }),
    count: (where) => counting(`select count(*) as count from ${conflicts} where ${where}`),
  };
}

function toConditions({ connection, kind, recordId, field, status }: ConflictFilter): Conditions {
  return { connection, kind, record_id: recordId, field, status };
}

export function createPgConflictStore(context: StoreContext, statements: ConflictStatements): ConflictStore {
  const { tenant, executor, clock } = context;
  /** The ids that came back, in the order of those that were given. */
  const inOrder = (list: readonly { readonly id: string }[], rows: readonly Row[]): readonly string[] => {
    const ids = new Set(rows.map((row) => text(row, "id")));
    return list.flatMap(({ id }) => (ids.has(id) ? id : []));
  };
  return {
    port: "conflict-store/1",
    async addMany(conflicts, call) {
      executor.admit("conflicts", call);
      const normal = toNormalConflicts(conflicts);
      if (normal.length === 0) return [];
      const rows = await executor.run("conflicts", statements.add, [tenant, ...NEW.toValues(normal)], call);
      return inOrder(normal, rows);
    },
    async get(id, call) {
      executor.admit("conflicts", call);
      const values = [tenant, toStorable("conflicts", "id", id)];
      const [row] = await executor.run("conflicts", statements.get, values, call);
      return row === undefined ? undefined : fromConflictRow(row);
    },
    async endMany(ends, call) {
      executor.admit("conflicts", call);
      const normal = toNormalEnds(ends);
      if (normal.length === 0) return [];
      const values = [tenant, toStoreTime(clock), ...ENDS.toValues(normal)];
      return inOrder(normal, await executor.run("conflicts", statements.end, values, call));
    },
    async list(filter = {}, page, call) {
      return statements.list(context, toConditions(filter), page, call);
    },
    async count(filter = {}, call) {
      executor.admit("conflicts", call);
      const values: unknown[] = [];
      const where = toWhere("conflicts", tenant, toConditions(filter), values);
      const [row] = await executor.run("conflicts", statements.count(where), values, call);
      return row === undefined ? 0 : number(row, "count");
    },
  };
}
