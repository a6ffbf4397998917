import { csvLine } from "@salesagent/intake";
import type { Asked } from "./asked.js";
import { TextReply } from "./reply.js";

/** A cell: a number, or a text that somebody may have written. */
export type CsvCell = string | number;

/** What programs for tables take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * A table as CSV (RFC 4180). A text that a program for tables would run as a formula begins with an apostrophe, which such programs
 * take for "this is text".
 */
export function toCsv(columns: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  let text = csvLine(columns);
  for (const row of rows) text += csvLine(row.map(inert));
  return text;
}

export function csvReply(name: string, text: string): TextReply {
  return new TextReply(200, text, {
    "content-type": "text/csv; charset=utf-8; header=present",
    "content-disposition": `attachment; filename="${name}.csv"`,
  });
}

/** Whether a table is wanted rather than JSON: by `?format=`, else by `Accept`. */
export function wantsCsv(request: Asked, format: "json" | "csv" | undefined): boolean {
  if (format !== undefined) return format === "csv";
  const accepted = request.headers.get("accept")?.toLowerCase() ?? "";
  return accepted.includes("text/csv") && !accepted.includes("application/json");
}

const inert = (cell: CsvCell): CsvCell =>
  typeof cell === "string" && FORMULA.test(cell) ? `'${cell}` : cell;
