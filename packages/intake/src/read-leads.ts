import { detectLayout } from "./csv/detect-layout.js";
import type { CsvLayout } from "./csv/layout.js";
import { readRows } from "./csv/read-rows.js";
import { DraftBuilder } from "./lead/draft-builder.js";
import { type ColumnProposal, proposeMapping } from "./mapping/propose-mapping.js";
import { resolveMapping } from "./mapping/resolve-mapping.js";
import { type ReadLeadsOptions, type ResolvedReadOptions, resolveReadOptions } from "./read-options.js";
import { type RowOutcome, toRowOutcome } from "./row-outcome.js";
import type { ByteSource } from "./source/byte-source.js";

/** A file whose shape and columns are understood. */
export interface LeadFile {
  readonly layout: CsvLayout;
  readonly mapping: readonly ColumnProposal[];
  readonly builder: DraftBuilder;
}

/** Looks at the beginning of a file and settles how its rows become leads. */
export async function openLeadFile(options: ResolvedReadOptions): Promise<LeadFile> {
  const { source, clock, signal, defaultCountry } = options;
  const layout = await detectLayout(source, options, signal);
  const mapping = resolveMapping(
    source.name,
    proposeMapping(layout.headers, layout.sampleRows),
    options.mapping,
  );
  const at = new Date(clock.now()).toISOString();
  return {
    layout,
    mapping,
    builder: new DraftBuilder(mapping, { source: `csv:${source.name}`, at, defaultCountry }),
  };
}

/**
 * Reads a file of leads, row by row, storing nothing: each row becomes a normalised lead or is rejected with the reason.
 * Memory does not grow with the file.
 *
 * @throws `intake.unreadable` for a file that is no CSV with a header, `intake.mapping_invalid` for a mapping that does not
 * fit it, TypeError or RangeError for wrong options; each before the first row, but for a quote that is left open.
 */
export async function* readLeads(
  source: ByteSource,
  options: ReadLeadsOptions = {},
): AsyncGenerator<RowOutcome, void, void> {
  const resolved = resolveReadOptions(source, options);
  const { layout, builder } = await openLeadFile(resolved);
  const start = { byte: layout.dataByte, row: layout.dataRow };
  for await (const block of readRows(source, layout, start, resolved)) {
    for (const raw of block) {
      const outcome = toRowOutcome(raw, layout.headers.length, builder);
      if (outcome !== undefined) yield outcome;
    }
  }
}

/** How a file is laid out, and what is proposed for its columns. */
export interface LeadFileInspection {
  readonly delimiter: string;
  readonly encoding: CsvLayout["encoding"];
  readonly columns: readonly ColumnProposal[];
  /** Cells of rows near the beginning. */
  readonly sampleRows: CsvLayout["sampleRows"];
  readonly warnings: readonly string[];
}

/**
 * Looks at the beginning of a file only, so that a person can adjust the mapping before the import.
 *
 * @throws As {@link readLeads}, but a file in which nothing identifies a lead is no error yet.
 */
export async function inspectLeads(
  source: ByteSource,
  options: ReadLeadsOptions = {},
): Promise<LeadFileInspection> {
  const resolved = resolveReadOptions(source, options);
  const layout = await detectLayout(source, resolved, resolved.signal);
  return {
    delimiter: layout.dialect.delimiter,
    encoding: layout.encoding,
    columns: proposeMapping(layout.headers, layout.sampleRows),
    sampleRows: layout.sampleRows,
    warnings: layout.warnings,
  };
}
