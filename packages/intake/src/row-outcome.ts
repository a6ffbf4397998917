import type { LeadDraft } from "@salesagent/ports";
import { isBlank } from "./csv/detect-dialect.js";
import type { RawRow } from "./csv/raw-row.js";
import type { DraftBuilder, ValueWarning } from "./lead/draft-builder.js";

/** What one row of the file came to. Blank rows come to nothing. */
export type RowOutcome = ReadRow | RejectedRow;

export interface ReadRow {
  readonly status: "read";
  /** Number of the row in the file as a spreadsheet shows it: the first is 1, blank rows and the header count. */
  readonly row: number;
  readonly lead: LeadDraft;
  /** Values that could not be read; they are kept in the lead's `custom`. */
  readonly warnings: readonly ValueWarning[];
}

export interface RejectedRow {
  readonly status: "rejected";
  /** As in {@link ReadRow.row}. */
  readonly row: number;
  /** Why, in words for the person who has to mend it. */
  readonly reason: string;
  /** The row's cells; one cell with the text of the row where its cells can't be told apart. */
  readonly cells: readonly string[];
}

/** Undefined for a blank row. */
export function toRowOutcome(raw: RawRow, columns: number, builder: DraftBuilder): RowOutcome | undefined {
  const { row, cells } = raw;
  if (cells === undefined) return { status: "rejected", row, reason: raw.fault, cells: [raw.text] };
  if (cells.length !== columns) {
    if (isBlank(cells)) return undefined;
    if (cells.length < columns || !isBlank(cells.slice(columns))) {
      return {
        status: "rejected",
        row,
        reason: `the row has ${cells.length} cells, the header has ${columns}`,
        cells,
      };
    }
  }
  const built = builder.build(cells);
  if (built.lead !== undefined) return { status: "read", row, lead: built.lead, warnings: built.warnings };
  return isBlank(cells) ? undefined : { status: "rejected", row, reason: built.reason, cells };
}
