import type { CallOptions } from "@salesagent/ports";
import { createBulkSource } from "./bulk-source.js";
import type { RecordColumn } from "./record-columns.js";
import { writing } from "./statement.js";
import type { StoreContext } from "./store-context.js";

/** More rows go in several statements, so that neither side holds the text of all at once. */
const MOST_ROWS = 1000;

/** How records of one kind are written. */
export interface BulkShape<T> {
  readonly store: string;
  /** With its schema. */
  readonly table: string;
  readonly columns: readonly RecordColumn<T>[];
  /** What becomes of a record whose key is stored: it is passed over, or replaced. */
  readonly onConflict: string;
}

/** Writes records; all or none. Sends nothing where there are none. */
export type BulkWriter<T> = (
  context: StoreContext,
  records: readonly T[],
  call: CallOptions | undefined,
) => Promise<void>;

export function createBulkWriter<T>({ store, table, columns, onConflict }: BulkShape<T>): BulkWriter<T> {
  const { names, selected, from, toValues } = createBulkSource(columns, 2);
  const statement = writing(
    `insert into ${table} (tenant, ${names}) select $1, ${selected} from ${from} ${onConflict}`,
  );
  return async ({ executor, tenant }, records, call) => {
    const run = (within: typeof executor, chunk: readonly T[]) =>
      within.run(store, statement, [tenant, ...toValues(chunk)], call);

    if (records.length === 0) return;
    if (records.length <= MOST_ROWS) {
      await run(executor, records);
      return;
    }
    const runAll = async (within: typeof executor) => {
      for (let start = 0; start < records.length; start += MOST_ROWS)
        await run(within, records.slice(start, start + MOST_ROWS));
    };
    await executor.together(store, runAll, call);
  };
}

/** Passes over a record whose key is stored. */
export function skipStored(key: string): string {
  return `on conflict (tenant, ${key}) do nothing`;
}

/** Replaces a record whose key is stored, whole. */
export function replaceStored(key: string, columns: readonly RecordColumn<never>[]): string {
  const keys = key.split(", ");
  const assigned = columns.filter(({ name }) => !keys.includes(name));
  return `on conflict (tenant, ${key}) do update set ${assigned.map(({ name }) => `${name} = excluded.${name}`).join(", ")}`;
}
