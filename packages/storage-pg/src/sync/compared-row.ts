import { type Statement, writing } from "../statement.js";

/** A table whose rows are written where the one that stands has the revision that a write rests on. */
export interface ComparedTable {
  /** With its schema. */
  readonly table: string;
  /** The columns that tell rows apart beside the tenant, in the order of the parameters from `$2` on. */
  readonly key: readonly string[];
  /** Those that a write replaces, in the order of the parameters after them, each with its type. */
  readonly content: readonly (readonly [column: string, type: string])[];
  /** Those that keep the time of the first write. */
  readonly createdAt?: string;
}

/** $1: tenant, then key and content, then now; in `replace` after that the revision. Each gives `revision` where it wrote. */
export interface ComparedWrites {
  /** Where none stands. */
  readonly add: Statement;
  /** Over whatever stands. */
  readonly put: Statement;
  /** Where the revision stands. */
  readonly replace: Statement;
}

export function createComparedWrites({ table, key, content, createdAt }: ComparedTable): ComparedWrites {
  const names = [...key, ...content.map(([column]) => column)];
  const values = [...key.map((_, index) => `$${index + 2}`), ...content.map(toValue(key.length + 2))];
  const now = `$${names.length + 2}::timestamptz`;
  const times = createdAt === undefined ? ["updated_at"] : [createdAt, "updated_at"];
  const insert = `insert into ${table} as t (tenant, ${names.join(", ")}, revision, ${times.join(", ")})
    values ($1, ${values.join(", ")}, 1, ${times.map(() => now).join(", ")})`;
  const target = `on conflict (tenant, ${key.join(", ")}) do`;
  const assigned = (value: (column: string, index: number) => string) =>
    [
      ...content.map(([column], index) => `${column} = ${value(column, index)}`),
      `revision = t.revision + 1, updated_at = ${now}`,
    ].join(", ");
  const same = key.map((column, index) => `t.${column} = $${index + 2}`).join(" and ");
  return {
    add: writing(`${insert} ${target} nothing returning t.revision`),
    put: writing(
      `${insert} ${target} update set ${assigned((column) => `excluded.${column}`)} returning t.revision`,
    ),
    replace: writing(`update ${table} t set ${assigned((_, index) => values[key.length + index] ?? "")}
      where t.tenant = $1 and ${same} and t.revision = $${names.length + 3}::bigint returning t.revision`),
  };
}

function toValue(first: number) {
  return ([, type]: readonly [string, string], index: number) => `$${first + index}::${type}`;
}

/** The statement of a write and what it takes after the other values. */
export function choosePut(
  { add, put, replace }: ComparedWrites,
  ifRevision: number | null | undefined,
): { readonly statement: Statement; readonly more: readonly number[] } {
  if (ifRevision === undefined) return { statement: put, more: [] };
  return ifRevision === null ? { statement: add, more: [] } : { statement: replace, more: [ifRevision] };
}
