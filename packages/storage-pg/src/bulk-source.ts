import { toArrayText } from "./array-text.js";
import type { RecordColumn } from "./record-columns.js";

/** The rows of a bulk write as SQL. */
export interface BulkSource<T> {
  /** The columns, for `insert into`. */
  readonly names: string;
  /** Their values, for `select`. */
  readonly selected: string;
  /** Where `select` finds them. */
  readonly from: string;
  /** The values of the parameters in `from`. */
  readonly toValues: (records: readonly T[]) => readonly unknown[];
}

interface Part<T> {
  readonly sql: string;
  readonly name: string;
  readonly toValue: (records: readonly T[]) => unknown;
}

/**
 * Rows out of a few parameters, however many rows: plain columns are arrays, JSON columns are each one JSON list. A list of
 * JSON is parsed once and its elements are taken as they are written, while JSON within arrays would be escaped, read back
 * and parsed again; where documents are large that halves the cost.
 *
 * @param first - The number of the first parameter.
 */
export function createBulkSource<T>(columns: readonly RecordColumn<T>[], first: number): BulkSource<T> {
  let parameter = first - 1;
  const arrays: Part<T>[] = columns.flatMap(({ name, type, read }) => {
    if (type === "json") return [];
    parameter += 1;
    return type === "optional json"
      ? toArray(`has_${name}`, "boolean", parameter, (record) => read(record) !== undefined)
      : toArray(name, type, parameter, read);
  });
  const lists = columns.flatMap(({ name, type, read }) => {
    if (type !== "json" && type !== "optional json") return [];
    parameter += 1;
    return toList(name, parameter, read);
  });
  const parts = [...arrays, ...lists];
  const sources = [`unnest(${arrays.map(({ sql }) => sql).join(", ")})`, ...lists.map(({ sql }) => sql)];
  return {
    names: columns.map(({ name }) => name).join(", "),
    selected: columns
      .map(({ name, type }) =>
        type === "optional json" ? `case when r.has_${name} then r.${name} end` : `r.${name}`,
      )
      .join(", "),
    from: `rows from (${sources.join(", ")}) as r (${parts.map(({ name }) => name).join(", ")})`,
    toValues: (records) => parts.map(({ toValue }) => toValue(records)),
  };
}

function toArray<T>(name: string, type: string, parameter: number, read: (record: T) => unknown): Part<T> {
  const toValue = (records: readonly T[]) => toArrayText(records.map(read));
  return { sql: `$${parameter}::${type}[]`, name, toValue };
}

function toList<T>(name: string, parameter: number, read: (record: T) => unknown): Part<T> {
  const toValue = (records: readonly T[]) => JSON.stringify(records.map((record) => read(record) ?? null));
  return { sql: `json_array_elements($${parameter}::json)`, name, toValue };
}
