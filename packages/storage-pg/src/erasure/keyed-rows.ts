import type { Row } from "../columns.js";

/** A column of a key, as SQL has it. */
export interface KeyColumn {
  readonly name: string;
  readonly type: string;
}

/** SQL for the keys in the parameters from `$2` on, one list for each column, called `k`. */
export function keysFrom(key: readonly KeyColumn[]): string {
  const lists = key.map(({ type }, index) => `$${index + 2}::${type}[]`).join(", ");
  return `unnest(${lists}) as k (${key.map(({ name }) => name).join(", ")})`;
}

/** The values of these parameters. */
export function toKeyValues(key: readonly KeyColumn[], rows: readonly Row[]): readonly unknown[] {
  return key.map(({ name }) => rows.map((row) => row[name]));
}

/** SQL that a row called `t` has the key of another. */
export function isSameKey(key: readonly KeyColumn[], other: string): string {
  return key.map(({ name }) => `t.${name} = ${other}.${name}`).join(" and ");
}

/** SQL for a tenant's rows, called `t`, of the keys. */
export function selectByKeys({
  table,
  key,
  selected,
}: {
  readonly table: string;
  readonly key: readonly KeyColumn[];
  readonly selected: string;
}): string {
  return `select ${selected} from ${table} t where t.tenant = $1
    and exists (select from ${keysFrom(key)} where ${isSameKey(key, "k")})`;
}
