import type { JsonObject, JsonValue } from "@salesagent/ports";

/** A row as the server sent it: every value as text. */
export type Row = Readonly<Record<string, string | null>>;

/** SQL that gives an instant in its ISO form, whatever the session's settings. */
export function instantText(expression: string): string {
  return `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** A column that holds an instant, for `select`, in its ISO form. */
export function instant(column: string): string {
  return `${instantText(column)} as ${column}`;
}

/** A column that is never null. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (value === undefined || value === null) throw new Error(`column ${column} is missing or null`);
  return value;
}

export function number(row: Row, column: string): number {
  return Number(text(row, column));
}

/** A JSON column; its type is what was written there. */
export function json<T extends JsonValue | object | null = JsonObject>(row: Row, column: string): T {
  return JSON.parse(text(row, column)) as T;
}

/** A property that is there exactly when its column isn't null. */
export function optional<Name extends string, T>(
  name: Name,
  row: Row,
  column: string,
  read: (row: Row, column: string) => T,
): { readonly [Key in Name]?: T } {
  return row[column] === null || row[column] === undefined
    ? {}
    : ({ [name]: read(row, column) } as { readonly [Key in Name]?: T });
}

/** As {@link optional}, of a JSON column in which JSON's null, too, says that nothing is there. */
export function optionalJson<Name extends string, T extends object>(
  name: Name,
  row: Row,
  column: string,
): { readonly [Key in Name]?: T } {
  return row[column] === "null" ? {} : optional(name, row, column, json<T>);
}

/** JSON text for a column whose value may be JSON's own null; undefined is the column's null. */
export function jsonText(value: JsonValue | object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
