import { type ImportRecord, type LeadInsertOutcome, SalesAgentError } from "@salesagent/ports";
import type { RawRow } from "../csv/raw-row.js";
import { type RowStart, readRows } from "../csv/read-rows.js";
import { type LeadFile, openLeadFile } from "../read-leads.js";
import { type RowOutcome, toRowOutcome } from "../row-outcome.js";
import type {
  BatchStoredEvent,
  ImportCounts,
  ImportEvent,
  ImportedRow,
  ImportProgress,
  ImportSummary,
  ImportWarningEvent,
} from "./import-events.js";
import { importIdOf } from "./import-id.js";
import type { ResolvedImportOptions } from "./import-options.js";
import { type ImportPosition, resumePosition, toStoredPosition } from "./import-position.js";

const NO_ROWS: ImportCounts = { rows: 0, imported: 0, duplicates: 0, rejected: 0 };

/** One pass over one file. */
export class ImportJob {
  readonly #options: ResolvedImportOptions;
  readonly #beganAt: number;
  #importId = "";
  #startedAt = "";
  #counts = NO_ROWS;
  #rowsBefore = 0;
  #completed = false;
  #totalBytes: number | undefined;
  #startByte = 0;
  #position: ImportPosition = { byte: 0, row: 0, rejects: 0 };
  /** Just after the last row taken. */
  #next: RowStart = { byte: 0, row: 0 };
  #batch: RowOutcome[] = [];
  #warnedOfEncoding = false;

  constructor(options: ResolvedImportOptions) {
    this.#options = options;
    this.#beganAt = options.read.clock.elapsed();
  }

  get summary(): ImportSummary {
    return {
      importId: this.#importId,
      source: this.#options.read.source.name,
      status: this.#completed ? "completed" : "stopped",
      ...this.#counts,
      elapsedMs: this.#options.read.clock.elapsed() - this.#beganAt,
    };
  }

  async *events(): AsyncGenerator<ImportEvent, void, void> {
    const { read, rejects } = this.#options;
    const file = await openLeadFile(read);
    const resumed = await this.#begin(file);
    yield {
      type: "import-started",
      importId: this.#importId,
      source: read.source.name,
      delimiter: file.layout.dialect.delimiter,
      encoding: file.layout.encoding,
      mapping: file.mapping,
      ...(resumed ? { resumedAtRow: this.#position.row } : {}),
      ...(this.#totalBytes === undefined ? {} : { totalBytes: this.#totalBytes }),
    };
    for (const message of file.layout.warnings) yield { type: "import-warning", message };
    try {
      await rejects?.open(file.layout.headers, this.#position.rejects);
      yield* this.#rows(file);
      yield await this.#store("completed");
      this.#completed = true;
      yield { type: "import-completed", summary: this.summary };
    } finally {
      await rejects?.close();
    }
  }

  /** Finds where to go on. Returns whether an earlier run left something. */
  async #begin(file: LeadFile): Promise<boolean> {
    const { read, storage, resume, createId } = this.#options;
    this.#totalBytes = await read.source.sizeBytes?.();
    const id = await importIdOf(file, read);
    this.#importId = id ?? createId();
    const record =
      id === undefined || !resume ? undefined : await storage.imports.get(id, { signal: read.signal });
    const stopped = resumePosition(record);
    this.#position = stopped ?? { byte: file.layout.dataByte, row: file.layout.dataRow, rejects: 0 };
    this.#next = this.#position;
    this.#startByte = this.#position.byte;
    this.#startedAt = new Date(read.clock.now()).toISOString();
    if (record === undefined || stopped === undefined) return false;
    const { rows, imported, duplicates, rejected } = record;
    this.#counts = { rows, imported, duplicates, rejected };
    this.#rowsBefore = rows;
    this.#startedAt = record.startedAt;
    return true;
  }

  async *#rows({ layout, builder }: LeadFile): AsyncGenerator<ImportEvent, void, void> {
    const { read, batchSize } = this.#options;
    try {
      for await (const block of readRows(read.source, layout, this.#position, read)) {
        for (const raw of block) {
          if (raw.fellBack === true && !this.#warnedOfEncoding) yield this.#encodingWarning(raw);
          const outcome = toRowOutcome(raw, layout.headers.length, builder);
          if (outcome !== undefined) this.#batch.push(outcome);
          this.#next = { byte: raw.endByte, row: raw.row + 1 };
          if (this.#batch.length === batchSize) yield await this.#store("running");
        }
      }
    } catch (error) {
      // What was read before the damage is good, and stays.
      if (SalesAgentError.is(error, "intake.unreadable") && this.#batch.length > 0)
        yield await this.#store("running");
      throw error;
    }
  }

  /**
   * Stores the batch. Rejects go first: when the process dies before the leads and the position are committed, a resumed
   * import drops them again.
   */
  async #store(status: ImportRecord["status"]): Promise<BatchStoredEvent> {
    const { read, storage, rejects } = this.#options;
    const { signal } = read;
    signal?.throwIfAborted();
    const batch = this.#batch;
    const reads = batch.filter((outcome) => outcome.status === "read");
    const rejected = batch.filter((outcome) => outcome.status === "rejected");
    const kept = rejected.length === 0 ? undefined : await rejects?.write(rejected);
    const position = { byte: this.#next.byte, row: this.#next.row, rejects: kept ?? this.#position.rejects };
    const drafts = reads.map(({ lead }) => lead);
    const { outcomes, counts } = await storage.transaction(
      async ({ leads, imports }) => {
        const stored = drafts.length === 0 ? [] : await leads.insertMany(drafts, { signal });
        const sums = addCounts(this.#counts, stored, rejected.length);
        await imports.save(this.#record(status, sums, position), { signal });
        return { outcomes: stored, counts: sums };
      },
      { signal },
    );
    this.#batch = [];
    this.#counts = counts;
    this.#position = position;
    return { type: "batch-stored", rows: importedRows(batch, outcomes), progress: this.#progress() };
  }

  #record(status: ImportRecord["status"], counts: ImportCounts, position: ImportPosition): ImportRecord {
    const { clock, source } = this.#options.read;
    return {
      id: this.#importId,
      source: `csv:${source.name}`,
      status,
      ...counts,
      position: toStoredPosition(position),
      startedAt: this.#startedAt,
      updatedAt: new Date(clock.now()).toISOString(),
    };
  }

  #progress(): ImportProgress {
    const elapsedMs = this.#options.read.clock.elapsed() - this.#beganAt;
    const { byte } = this.#position;
    const done = byte - this.#startByte;
    const left = this.#totalBytes === undefined ? undefined : Math.max(0, this.#totalBytes - byte);
    return {
      ...this.#counts,
      bytesRead: byte,
      ...(this.#totalBytes === undefined ? {} : { totalBytes: this.#totalBytes }),
      rowsPerSecond: elapsedMs > 0 ? ((this.#counts.rows - this.#rowsBefore) * 1_000) / elapsedMs : 0,
      ...(left === undefined || done <= 0 ? {} : { remainingMs: Math.round((left / done) * elapsedMs) }),
    };
  }

  #encodingWarning({ row }: RawRow): ImportWarningEvent {
    this.#warnedOfEncoding = true;
    const message = `Row ${row} is not valid UTF-8; it and others like it are read as Windows-1252. Save the file as UTF-8 to be sure of accents.`;
    return { type: "import-warning", message, row };
  }
}

function addCounts(
  before: ImportCounts,
  stored: readonly LeadInsertOutcome[],
  rejected: number,
): ImportCounts {
  const imported = stored.filter(({ status }) => status === "inserted").length;
  return {
    rows: before.rows + stored.length + rejected,
    imported: before.imported + imported,
    duplicates: before.duplicates + stored.length - imported,
    rejected: before.rejected + rejected,
  };
}

/** Rows in the order of the file, each with what became of it. */
function importedRows(
  batch: readonly RowOutcome[],
  outcomes: readonly LeadInsertOutcome[],
): readonly ImportedRow[] {
  let index = 0;
  return batch.map((outcome): ImportedRow => {
    if (outcome.status === "rejected") return outcome;
    const stored = outcomes[index++];
    if (stored === undefined)
      throw new TypeError("storage.leads.insertMany must give one outcome for each draft");
    const { row, lead, warnings } = outcome;
    return stored.status === "inserted"
      ? { status: "imported", row, lead, leadId: stored.id, warnings }
      : { status: "duplicate", row, lead, leadId: stored.id, key: stored.key, warnings };
  });
}
