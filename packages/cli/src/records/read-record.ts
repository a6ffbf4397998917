import type { JsonObject, JsonValue, RecordKind } from "@salesagent/ports";
import { type CellContext, FIELD_TYPES } from "./field-types.js";
import type { RecordColumn } from "./record-columns.js";

/** What a row says of a record; empty cells say nothing. */
export interface ReadRecord {
  readonly id: string | undefined;
  readonly fields: JsonObject;
  /** As they stand in the file. */
  readonly custom: Readonly<Record<string, string>>;
  readonly links: { readonly [Kind in RecordKind]?: readonly string[] };
}

/** A row that holds a record, or why it holds none. */
export type RecordReading = { readonly record: ReadRecord } | { readonly reason: string };

/** Reads the cells of a row. A cell that can't be read rejects the row: it is mended, and imported again. */
export function readRecord(
  kind: RecordKind,
  headers: readonly string[],
  columns: readonly RecordColumn[],
  cells: readonly string[],
  context: CellContext,
): RecordReading {
  const fields: Record<string, JsonValue> = {};
  const custom: Record<string, string> = {};
  const links: { [Kind in RecordKind]?: readonly string[] } = {};
  let id: string | undefined;
  const inRow = { ...context, country: countryOf(kind, columns, cells, context) };
  for (const [index, column] of columns.entries()) {
    const cell = cells[index]?.trim() ?? "";
    if (cell === "") continue;
    if (column.part === "id") id = cell;
    else if (column.part === "custom") custom[column.name] = cell;
    else if (column.part === "link") links[column.kind] = cell.split(";").map((one) => one.trim());
    else if (column.part === "field") {
      const type = FIELD_TYPES[kind][column.name];
      const value = type?.read(cell, inRow);
      if (value === undefined) return { reason: `"${headers[index]}" must be ${type?.is ?? "readable"}` };
      fields[column.name] = value;
    }
  }
  return { record: { id, fields, custom, links } };
}

function countryOf(
  kind: RecordKind,
  columns: readonly RecordColumn[],
  cells: readonly string[],
  context: CellContext,
): string | undefined {
  const at = columns.findIndex((column) => column.part === "field" && column.name === "country");
  const cell = at < 0 ? "" : (cells[at]?.trim() ?? "");
  const value = cell === "" ? undefined : FIELD_TYPES[kind]["country"]?.read(cell, context);
  return typeof value === "string" ? value : context.country;
}

/** A custom field's cell as a value: what looks like JSON is what an export made of it, unless the record has a text there. */
export function customValue(cell: string, before: JsonValue | undefined): JsonValue {
  if (typeof before === "string") return cell;
  if (!/^(?:[[{]|-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$|true$|false$)/.test(cell)) return cell;
  try {
    return JSON.parse(cell) as JsonValue;
  } catch {
    return cell; // looks like JSON, and is a text
  }
}
