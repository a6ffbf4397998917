import { instant } from "./columns.js";

/** A column of a table of records, and where a record has its value. */
export interface RecordColumn<T> {
  readonly name: string;
  /** JSON that may be absent says so: in a list of JSON, an absent value and JSON's own null look alike. */
  readonly type:
    | "text"
    | "bigint"
    | "double precision"
    | "boolean"
    | "timestamptz"
    | "json"
    | "optional json";
  /** Undefined is the column's null. */
  readonly read: (record: T) => unknown;
}

/** The columns for `select`, in the forms that rows are read in. */
export function toSelectList(columns: readonly RecordColumn<never>[]): string {
  return columns.map(({ name, type }) => (type === "timestamptz" ? instant(name) : name)).join(", ");
}
