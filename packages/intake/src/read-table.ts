import { isBlank } from "./csv/detect-dialect.js";
import { detectLayout } from "./csv/detect-layout.js";
import type { RawRow } from "./csv/raw-row.js";
import { readRows } from "./csv/read-rows.js";
import { type ReadLeadsOptions, resolveReadOptions } from "./read-options.js";
import type { RejectedRow } from "./row-outcome.js";
import type { ByteSource } from "./source/byte-source.js";

/** A row with a cell for each column, as they stand in the file. */
export interface TableRow {
  readonly status: "read";
  /** Number of the row in the file as a spreadsheet shows it: the first is 1, blank rows and the header count. */
  readonly row: number;
  readonly cells: readonly string[];
  /** Where the next row begins, in bytes of the file. */
  readonly endByte: number;
}

/** A file of which nothing but its columns is understood. */
export interface Table {
  /** All different, none empty. */
  readonly headers: readonly string[];
  /** Cells of rows near the beginning. */
  readonly sampleRows: readonly (readonly string[])[];
  readonly warnings: readonly string[];
  /** The rows of data; blank ones are left out. */
  readonly rows: () => AsyncGenerator<TableRow | RejectedRow, void, void>;
}

/**
 * Reads any CSV, row by row, and leaves what its cells mean to the caller: for records that are no leads. Memory does not grow
 * with the file.
 *
 * @throws `intake.unreadable` for a file that is no CSV with a header; TypeError or RangeError for wrong options.
 */
export async function readTable(
  source: ByteSource,
  options: Pick<ReadLeadsOptions, "delimiter" | "headers" | "maxCellBytes" | "signal"> = {},
): Promise<Table> {
  const resolved = resolveReadOptions(source, options);
  const layout = await detectLayout(source, resolved, resolved.signal);
  const { headers, sampleRows, warnings } = layout;
  async function* rows() {
    const start = { byte: layout.dataByte, row: layout.dataRow };
    for await (const block of readRows(source, layout, start, resolved)) {
      for (const raw of block) {
        const row = toTableRow(raw, headers.length);
        if (row !== undefined) yield row;
      }
    }
  }
  return { headers, sampleRows, warnings, rows };
}

/** Undefined for a blank row. */
function toTableRow({ row, endByte, ...raw }: RawRow, columns: number): TableRow | RejectedRow | undefined {
  const { cells } = raw;
  if (cells === undefined) return { status: "rejected", row, reason: raw.fault, cells: [raw.text] };
  if (isBlank(cells)) return undefined;
  if (cells.length < columns || !isBlank(cells.slice(columns))) {
    const reason = `the row has ${cells.length} cells, the header has ${columns}`;
    return { status: "rejected", row, reason, cells };
  }
  return { status: "read", row, cells: cells.slice(0, columns), endByte };
}
