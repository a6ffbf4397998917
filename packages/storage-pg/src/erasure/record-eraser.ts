import type { StoredRecord } from "@salesagent/ports";
import { isContactOf, toErasedRecord } from "@salesagent/ports/store-rules";
import { json, type Row, text } from "../columns.js";
import type { Executor } from "../executor.js";
import type { RecordColumn } from "../record-columns.js";
import { plannedAnew, reading, type Statement, writing } from "../statement.js";
import type { TableNames } from "../store-context.js";
import { fromRecordRow, RECORD_FIELDS, RECORD_KEY } from "../sync/record-rows.js";
import { hashOf } from "../sync/record-statements.js";
import { selectByKeys, toKeyValues } from "./keyed-rows.js";
import { createCandidates, type PersonSearch } from "./person-search.js";
import { createTableEraser, type Eraser, type Fate, type PersonalTable } from "./table-eraser.js";

/** A record, and whether it stands: of one that was removed nothing is left to erase. */
interface ErasableRecord extends StoredRecord {
  readonly isRemoved: boolean;
  /** Whether it goes with this. */
  readonly isGone?: boolean;
}

const SAYS = ["fields", "custom", "keys"];
const SELECTED = `${RECORD_FIELDS}, removed_at is not null as is_removed`;
const NOTHING = { fields: "{}", keys: "[]" };

function fromErasableRow(row: Row): ErasableRecord {
  const isRemoved = text(row, "is_removed") === "t";
  return { ...fromRecordRow(isRemoved ? { ...row, ...NOTHING } : row), isRemoved };
}

const unlessGone = (read: (record: ErasableRecord) => unknown) => (record: ErasableRecord) =>
  record.isGone === true ? undefined : read(record);

const CHANGED: readonly RecordColumn<ErasableRecord>[] = [
  { name: "fields", type: "optional json", read: unlessGone(({ fields }) => fields) },
  { name: "custom", type: "optional json", read: unlessGone(({ custom }) => custom) },
  { name: "links", type: "optional json", read: unlessGone(({ links }) => links) },
  { name: "keys", type: "optional json", read: unlessGone(({ keys }) => keys) },
  { name: "field_times", type: "optional json", read: unlessGone(({ fieldTimes }) => fieldTimes) },
  { name: "updated_at", type: "timestamptz", read: ({ updatedAt }) => updatedAt },
  {
    name: "removed_at",
    type: "timestamptz",
    read: (record) => (record.isGone === true ? record.updatedAt : undefined),
  },
];

const personalRecords: PersonalTable<ErasableRecord> = {
  ...{ store: "records", table: "records", key: RECORD_KEY, says: SAYS },
  theirs: { columns: ["id"], ids: ({ person }) => person.recordIds },
  ...{ selected: SELECTED, fromRow: fromErasableRow, changed: CHANGED },
  erased(record, { person, instant }) {
    if (record.isRemoved) return record;
    if (isContactOf(record, person)) return { ...record, keys: [], isGone: true, updatedAt: instant };
    const left = toErasedRecord(record, person.mentions);
    return left === record ? record : { ...left, isRemoved: false, updatedAt: instant };
  },
};

/** Records: a contact that is the person is told as removed. */
export function createRecordEraser(name: TableNames): Eraser {
  const told = writing(`update ${name("records")} r set revision = default, changed_in = pg_current_xact_id()
    from unnest($2::text[], $3::text[]) as k (kind, id) where r.tenant = $1 and r.kind = k.kind and r.id = k.id`);
  const released =
    writing(`select ${name("drop_record_keys")}($1, array_agg(${hashOf("k.kind", "k.key")}), array_agg(k.id))
    from unnest($2::text[], $3::text[], $4::text[]) as k (kind, id, key)`);
  return createTableEraser(name, {
    ...personalRecords,
    async also(
      within: Executor,
      { context: { tenant } }: PersonSearch,
      fates: readonly Fate<ErasableRecord>[],
    ) {
      const records = fates.map(({ before }) => before);
      await within.run(
        "records",
        told,
        [tenant, records.map(({ kind }) => kind), records.map(({ id }) => id)],
        undefined,
      );
      const gone = fates.flatMap(({ before: { kind, id, keys }, after }) =>
        keys.flatMap((key) => (after?.keys.includes(key) === true ? [] : { kind, id, key })),
      );
      if (gone.length === 0) return;
      const values = [gone.map(({ kind }) => kind), gone.map(({ id }) => id), gone.map(({ key }) => key)];
      await within.run("records", released, [tenant, ...values], undefined);
    },
  });
}

/** Gives the ids of the contacts that are the person. */
export type ContactFinder = (search: PersonSearch) => Promise<ReadonlySet<string>>;

export function createContactFinder(name: TableNames): ContactFinder {
  const table = name("records");
  const candidates = createCandidates({ store: "records", table, key: RECORD_KEY, says: SAYS });
  const read: Statement = plannedAnew(
    reading(selectByKeys({ table, key: RECORD_KEY, selected: "kind, id, fields, keys" })),
  );
  return async (search) => {
    const { context, person, call } = search;
    const ids = new Set(person.recordIds);
    await search.visit(candidates, [], async (found) => {
      const values = [context.tenant, ...toKeyValues(RECORD_KEY, found)];
      const rows = await context.executor.run("records", read, values, call);
      for (const row of rows) {
        if (row["fields"] === null) continue; // it was removed meanwhile
        const record = {
          kind: text(row, "kind") as StoredRecord["kind"],
          id: text(row, "id"),
          fields: json<StoredRecord["fields"]>(row, "fields"),
          keys: json<readonly string[]>(row, "keys"),
        };
        if (isContactOf(record, person)) ids.add(record.id);
      }
      return 0;
    });
    return ids;
  };
}
