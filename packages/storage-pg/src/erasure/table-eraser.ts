import { createBulkSource } from "../bulk-source.js";
import type { Row } from "../columns.js";
import type { Executor } from "../executor.js";
import type { RecordColumn } from "../record-columns.js";
import { reading, type Statement, writing } from "../statement.js";
import type { TableNames } from "../store-context.js";
import { isSameKey, keysFrom, selectByKeys, toKeyValues } from "./keyed-rows.js";
import { createCandidates, type PersonSearch } from "./person-search.js";

/** Finds and erases what one table holds of a person. */
export interface Eraser {
  readonly store: string;
  /** @returns How many records are about the person. */
  find(search: PersonSearch): Promise<number>;
  /** @returns How many records were changed or dropped. */
  erase(search: PersonSearch): Promise<number>;
}

/** A record that is about the person, and what is left of it: nothing where it goes whole. */
export interface Fate<T> {
  readonly before: T;
  readonly after: T | undefined;
}

/** A table of records that may be about a person. */
export interface PersonalTable<T> {
  readonly store: string;
  readonly table: string;
  readonly key: readonly RecordColumn<T>[];
  /** SQL of what rows say that may mention a person. */
  readonly says: readonly string[];
  /** Rows that are found whatever they say. */
  readonly theirs?: {
    /** SQL of what holds one of the ids. */
    readonly columns: readonly string[];
    readonly ids: (search: PersonSearch) => readonly string[];
  };
  /** For `select`. */
  readonly selected: string;
  readonly fromRow: (row: Row) => T;
  /** The very record where it is not about the person; nothing where it goes whole. */
  readonly erased: (record: T, search: PersonSearch) => T | undefined;
  /** The columns that a record which stays has changed; none where all go. */
  readonly changed: readonly RecordColumn<T>[];
  /** What else changes with the records, in the same transaction. */
  readonly also?: (within: Executor, search: PersonSearch, fates: readonly Fate<T>[]) => Promise<void>;
}

interface TableStatements {
  /** $1: tenant, from $2: keys. Gives the records, and locks them in `lock`. */
  readonly read: Statement;
  readonly lock: Statement;
  /** As `read`. */
  readonly drop: Statement;
  /** $1: tenant, from $2: keys and what is left. */
  readonly change: Statement | undefined;
}

export function createTableEraser<T>(name: TableNames, shape: PersonalTable<T>): Eraser {
  const { store, key, theirs, says, fromRow, erased } = shape;
  const table = name(shape.table);
  const statements = toStatements(table, shape);
  const left = createBulkSource([...key, ...shape.changed], 2);
  const candidates = createCandidates({ store, table, key, says, idColumns: theirs?.columns });

  const toFates = (rows: readonly Row[], search: PersonSearch): readonly Fate<T>[] =>
    rows.map(fromRow).flatMap((before) => {
      const after = erased(before, search);
      return after === before ? [] : [{ before, after }];
    });
  const carryOut = async (within: Executor, search: PersonSearch, fates: readonly Fate<T>[]) => {
    const { tenant } = search.context;
    const gone = fates.flatMap(({ before, after }) => (after === undefined ? [before] : []));
    const changed = fates.flatMap(({ after }) => after ?? []);
    if (gone.length > 0) {
      const keys = key.map(({ read }) => gone.map(read));
      await within.run(store, statements.drop, [tenant, ...keys], undefined);
    }
    if (changed.length > 0 && statements.change !== undefined) {
      await within.run(store, statements.change, [tenant, ...left.toValues(changed)], undefined);
    }
    await shape.also?.(within, search, fates);
  };

  return {
    store,
    find: (search) =>
      search.visit(candidates, theirs?.ids(search) ?? [], async (found) => {
        const { tenant, executor } = search.context;
        const rows = await executor.run(
          store,
          statements.read,
          [tenant, ...toKeyValues(key, found)],
          search.call,
        );
        return toFates(rows, search).length;
      }),
    erase: (search) =>
      search.visit(candidates, theirs?.ids(search) ?? [], (found) => {
        const { tenant, executor } = search.context;
        const work = async (within: Executor) => {
          await search.keepToKeys(within);
          const rows = await within.run(
            store,
            statements.lock,
            [tenant, ...toKeyValues(key, found)],
            undefined,
          );
          const fates = toFates(rows, search);
          if (fates.length > 0) await carryOut(within, search, fates);
          return fates.length;
        };
        return executor.together(store, work, search.call);
      }),
  };
}

function toStatements<T>(table: string, { key, selected, changed }: PersonalTable<T>): TableStatements {
  const select = selectByKeys({ table, key, selected });
  const sorted = key.map((column) => `t.${column.name}`).join(", ");
  const all = createBulkSource([...key, ...changed], 2);
  const { names, selected: values } = createBulkSource(changed, 2);
  return {
    read: reading(select),
    lock: writing(`${select} order by ${sorted} for update of t`),
    drop: writing(
      `delete from ${table} t using ${keysFrom(key)} where t.tenant = $1 and ${isSameKey(key, "k")}`,
    ),
    change:
      changed.length === 0
        ? undefined
        : writing(`update ${table} t set (${names}) = row (${values}) from ${all.from}
            where t.tenant = $1 and ${isSameKey(key, "r")}`),
  };
}
