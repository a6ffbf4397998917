import type { RecordKind, RecordWrite, StoredRecord } from "@salesagent/ports";
import { type BulkSource, createBulkSource } from "../bulk-source.js";
import { instant } from "../columns.js";
import { byInstant } from "../page-order.js";
import { createPageReader, type PageReader } from "../page-reader.js";
import type { RecordColumn } from "../record-columns.js";
import { plannedAnew, reading, type Statement, writing } from "../statement.js";
import type { TableNames } from "../store-context.js";
import { fromRecordRow, RECORD_CONTENT, RECORD_FIELDS, RECORD_KEY, type RecordPut } from "./record-rows.js";

type Removal = RecordWrite & { readonly op: "remove" };

const PUT: readonly RecordColumn<RecordPut>[] = [
  ...RECORD_KEY,
  { name: "if_revision", type: "text", read: ({ ifRevision }) => ifRevision },
  ...RECORD_CONTENT,
];
const REMOVAL: readonly RecordColumn<Removal>[] = [
  ...RECORD_KEY,
  { name: "if_revision", type: "text", read: ({ ifRevision }) => ifRevision },
  { name: "merged_into", type: "text", read: ({ mergedInto }) => mergedInto },
];

const NEW = createBulkSource<RecordPut>([...RECORD_KEY, ...RECORD_CONTENT], 3);
const PUTS = createBulkSource(PUT, 3);
const REMOVALS = createBulkSource(REMOVAL, 3);

export const toNewValues = NEW.toValues;
export const toPutValues = PUTS.toValues;
export const toRemovalValues = REMOVALS.toValues;

/** The SQL of the record store. The tenant is `$1` everywhere. Writes give `kind`, `id` and `revision` of what they wrote. */
export interface RecordStatements {
  /** $2: now, then {@link toNewValues}. Passes over records that are there, or were removed. */
  readonly insert: Statement;
  /** $2: now, then {@link toPutValues}. Writes over whatever stands. */
  readonly put: Statement;
  /** As `put`, where the revision is the one that each rests on. */
  readonly replace: Statement;
  /** $2: now, then {@link toRemovalValues}. */
  readonly remove: Statement;
  /** $2: kinds, $3: ids. Gives `kind`, `id` and `revision` of those that stand. */
  readonly revisions: Statement;
  /** $2: kind, $3: id. */
  readonly get: Statement;
  /** $2: kind, $3: ids. */
  readonly getMany: Statement;
  /** $2: kind, $3: keys. It may give too much: a key is looked for by its hash. */
  readonly findByKeys: Statement;
  /**
   * $2: kind, $3: the snapshot that was seen, $4: the one to read, or null for the current one, $5 and $6: after which
   * transaction and revision, $7: how many. Gives at least one row, which tells `snapshot` and `own`.
   */
  readonly changes: Statement;
  readonly list: PageReader<StoredRecord<RecordKind>>;
  /** $2: kind. */
  readonly count: Statement;
}

/** SQL for what a key is found by: not its text, so that the index stays small. */
export const hashOf = (kind: string, key: string) =>
  `hashtextextended($1::text || chr(31) || ${kind} || chr(31) || ${key}, 0)`;

/** The rows of a call, as `w`. */
const rowsOf = ({ names, selected, from }: BulkSource<never>) =>
  `w (${names}) as materialized (select ${selected} from ${from})`;

const CONTENT = RECORD_CONTENT.map((column) => column.name);
const WRITTEN = "returning r.kind, r.id, r.revision, r.keys";

/** SQL that assigns what every write changes. */
const assigned = (content: (column: string) => string) =>
  [
    ...["revision = default", "changed_in = pg_current_xact_id()", "updated_at = $2::timestamptz"],
    ...CONTENT.map((column) => `${column} = ${content(column)}`),
  ].join(", ");

/**
 * The SQL of the writes. What is written rests on `before`, which locks the rows as they stand, all calls in one order. Rows that
 * stand are changed as conflicts of an insert, which finds each by its key, whatever the planner believes of the table.
 */
function createWrites(name: TableNames): Pick<RecordStatements, "insert" | "put" | "replace" | "remove"> {
  const [records, keys] = [name("records"), name("record_keys")];
  const before = `before as materialized (
      select r.kind, r.id, r.keys, r.revision from (select w.kind, w.id from w order by w.kind, w.id) w
      cross join lateral (
        select r.kind, r.id, r.keys, r.revision, r.removed_at from ${records} r
        where r.tenant = $1 and r.kind = w.kind and r.id = w.id offset 0 for update
      ) r where r.removed_at is null
    )`;
  const insert = (content: (column: string) => string, more: readonly string[] = []) =>
    `insert into ${records} as r (tenant, kind, id, changed_in, created_at, updated_at,
        ${[...CONTENT, ...more].join(", ")})
      select $1, w.kind, w.id, pg_current_xact_id(), $2::timestamptz, $2::timestamptz,
        ${[...CONTENT.map(content), ...more.map((column) => `w.${column}`)].join(", ")} from w`;
  const sameKeys = "b.kind = n.kind and b.id = n.id and b.keys::text is not distinct from n.keys::text";
  const insertKeys = `insert into ${keys} (tenant, key_hash, record_id) select $1, ${hashOf("n.kind", "k.key")}, n.id
    from written n cross join lateral json_array_elements_text(n.keys) as k (key)`;
  const kept = `kept as (${insertKeys}
      where not exists (select from before b where ${sameKeys})
    )`;
  const dropped = `dropped as (
      select ${name("drop_record_keys")}($1, array_agg(${hashOf("b.kind", "k.key")}), array_agg(b.id))
      from before b join written n on b.kind = n.kind and b.id = n.id
      cross join lateral json_array_elements_text(b.keys) as k (key)
      where b.keys::text is distinct from n.keys::text having count(*) > 0
    )`;
  const over = `on conflict (tenant, kind, id) do update set ${assigned((column) => `excluded.${column}`)}`;
  const standing = "join before b on b.kind = w.kind and b.id = w.id";
  const outcome = "select n.kind, n.id, n.revision from written n";
  const moving = `${kept}, ${dropped} ${outcome} left join dropped on true`;
  return {
    insert: writing(`with written as (
        insert into ${records} as r (tenant, ${NEW.names}, changed_in, created_at, updated_at)
        select $1, ${NEW.selected}, pg_current_xact_id(), $2::timestamptz, $2::timestamptz from ${NEW.from}
        on conflict (tenant, kind, id) do nothing ${WRITTEN}
      ),
      kept as (${insertKeys}) ${outcome}`),
    put: plannedAnew(
      writing(`with ${rowsOf(PUTS)}, ${before},
        written as (
          ${insert((column) => `w.${column}`)} where (select count(*) from before) >= 0 ${over},
            seq = case when r.removed_at is null then r.seq else excluded.seq end,
            created_at = case when r.removed_at is null then r.created_at else excluded.created_at end,
            removed_at = null, merged_into = null
          ${WRITTEN}
        ), ${moving}`),
    ),
    replace: plannedAnew(
      writing(`with ${rowsOf(PUTS)}, ${before},
        written as (
          ${insert((column) => `w.${column}`)} ${standing} and b.revision::text = w.if_revision ${over} ${WRITTEN}
        ), ${moving}`),
    ),
    remove: plannedAnew(
      writing(`with ${rowsOf(REMOVALS)}, ${before},
        written as (
          ${insert(() => "null::json", ["merged_into"])} ${standing} and (w.if_revision is null or b.revision::text = w.if_revision)
          ${over}, removed_at = $2::timestamptz, merged_into = excluded.merged_into ${WRITTEN}
        ), ${dropped} ${outcome} left join dropped on true`),
    ),
  };
}

export function createRecordStatements(name: TableNames): RecordStatements {
  const records = name("records");
  const standing = `from ${records} r where r.tenant = $1 and r.kind = $2 and r.removed_at is null`;
  return {
    ...createWrites(name),
    revisions: plannedAnew(
      reading(`select r.kind, r.id, r.revision from unnest($2::text[], $3::text[]) as w (kind, id) cross join lateral (
          select * from ${records} r where r.tenant = $1 and r.kind = w.kind and r.id = w.id offset 0
        ) r where r.removed_at is null`),
    ),
    get: reading(`select ${RECORD_FIELDS}, removed_at is not null as is_removed from ${records}
      where tenant = $1 and kind = $2 and id = $3`),
    getMany: reading(`select ${RECORD_FIELDS}, removed_at is not null as is_removed
      from ${name("get_records")}($1, $2, $3::text[])`),
    findByKeys: reading(`select ${RECORD_FIELDS} from ${name("find_records")}($1, $2, $3::text[]) r
      where r.removed_at is null order by r.created_at, r.seq`),
    changes: plannedAnew(
      reading(`with reader as materialized (
          select coalesce($4::pg_snapshot, pg_current_snapshot()) as snapshot, pg_current_xact_id_if_assigned() as own
        )
        select reader.snapshot, reader.own, r.* from reader left join lateral (
          select ${RECORD_FIELDS}, ${instant("removed_at")}, merged_into, changed_in from ${records} r
          where tenant = $1 and kind = $2 and revision > 0 and (changed_in, revision) > ($5::xid8, $6::bigint)
            and changed_in < pg_snapshot_xmax(reader.snapshot) and changed_in is distinct from reader.own
            and pg_visible_in_snapshot(changed_in, reader.snapshot)
            and not pg_visible_in_snapshot(changed_in, $3::pg_snapshot)
          order by r.changed_in, r.revision limit $7
        ) r on true order by r.changed_in, r.revision`),
    ),
    list: createPageReader({
      store: "records",
      table: records,
      columns: RECORD_FIELDS,
      order: byInstant("created_at"),
      fromRow: fromRecordRow<RecordKind>,
    }),
    count: reading(`select count(*) as count ${standing}`),
  };
}
