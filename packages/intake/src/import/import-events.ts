import type { LeadDraft } from "@salesagent/ports";
import type { ValueWarning } from "../lead/draft-builder.js";
import type { ColumnProposal } from "../mapping/propose-mapping.js";
import type { RejectedRow } from "../row-outcome.js";

/** Rows dealt with. `rows` is always the sum of the other three. */
export interface ImportCounts {
  readonly rows: number;
  readonly imported: number;
  readonly duplicates: number;
  readonly rejected: number;
}

/** How far an import is. Counts include what an earlier, broken-off run of the same import stored. */
export interface ImportProgress extends ImportCounts {
  readonly bytesRead: number;
  /** Absent when the source does not tell its size. */
  readonly totalBytes?: number;
  /** Of this run; 0 before any time has passed. */
  readonly rowsPerSecond: number;
  /** Expected from the rate so far; absent when it can't be told. */
  readonly remainingMs?: number;
}

/** What became of one row. */
export type ImportedRow = StoredRow | DuplicateRow | RejectedRow;

export interface StoredRow {
  readonly status: "imported";
  readonly row: number;
  readonly lead: LeadDraft;
  readonly leadId: string;
  readonly warnings: readonly ValueWarning[];
}

export interface DuplicateRow {
  readonly status: "duplicate";
  readonly row: number;
  /** As read from this row; it was not stored. */
  readonly lead: LeadDraft;
  /** The lead that stands. */
  readonly leadId: string;
  /** The key that both share. */
  readonly key: string;
  readonly warnings: readonly ValueWarning[];
}

/** The file is understood; its rows follow. */
export interface ImportStartedEvent {
  readonly type: "import-started";
  readonly importId: string;
  readonly source: string;
  readonly delimiter: string;
  readonly encoding: string;
  readonly mapping: readonly ColumnProposal[];
  /** The row at which an earlier run of this import stopped; absent on a new one. */
  readonly resumedAtRow?: number;
  readonly totalBytes?: number;
}

/** Something about the file as a whole that a person should know. */
export interface ImportWarningEvent {
  readonly type: "import-warning";
  readonly message: string;
  readonly row?: number;
}

/** A batch is stored for good: rows in the order of the file. */
export interface BatchStoredEvent {
  readonly type: "batch-stored";
  readonly rows: readonly ImportedRow[];
  readonly progress: ImportProgress;
}

/** Every row of the file is accounted for. */
export interface ImportCompletedEvent {
  readonly type: "import-completed";
  readonly summary: ImportSummary;
}

export type ImportEvent = ImportStartedEvent | ImportWarningEvent | BatchStoredEvent | ImportCompletedEvent;

/** The end of an import. */
export interface ImportSummary extends ImportCounts {
  /** Empty when the import was stopped before it began. */
  readonly importId: string;
  readonly source: string;
  /** `stopped`: the reader of the events left before the end; the same call goes on from there. */
  readonly status: "completed" | "stopped";
  /** Time of this run. */
  readonly elapsedMs: number;
}
