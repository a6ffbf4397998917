import { basename } from "node:path";
import { normaliseCountry, type RejectedRow, readTable, type TableRow } from "@salesagent/intake";
import { fileRejects, fileSource } from "@salesagent/intake/file";
import { createSortableIds, systemClock } from "@salesagent/ports";
import type { Command, OptionValues } from "../command/command.js";
import { flagOption, textOption, textOptions } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";
import { howMany } from "../render/how-many.js";
import { ProgressLine } from "../render/progress-line.js";
import { writeLine } from "../render/write-line.js";
import { openStore } from "../session/open-session.js";
import { RECORD_STORE_OPTIONS, readRecordStore } from "../session/store-options.js";
import { toKind } from "../sync/kinds.js";
import { theOne } from "../sync/the-one.js";
import type { CellContext } from "./field-types.js";
import { readRecord } from "./read-record.js";
import { planColumns, type RecordColumn } from "./record-columns.js";
import { type ReadRow, type RowResult, type UpsertMeans, upsertRecords } from "./upsert-records.js";

/** Rows that are written together. */
const BATCH = 500;

/** `salesagent crm import FILE`: records of a CSV into the app. */
export const importCommand: Command = {
  name: "crm import",
  summary: "puts the records of a CSV into the app: changed fields only, as often as you like",
  operands: "FILE",
  options: {
    kind: { type: "string", value: "KIND", help: "contact, company or deal" },
    map: {
      type: "string",
      value: "COLUMN=FIELD",
      multiple: true,
      help: "what a column is, such as Role=title, Tier=custom.tier or Notes=ignore (by header and values)",
    },
    country: {
      type: "string",
      value: "COUNTRY",
      help: "of phone numbers in national form, where a row names none",
    },
    rejects: {
      type: "string",
      value: "FILE",
      help: "where rejected rows go (NAME.rejects.csv in this folder)",
    },
    ...RECORD_STORE_OPTIONS,
    json: { type: "boolean", help: "prints one JSON object a rejected row, then a summary" },
  },
  examples: [
    "salesagent crm import contacts.csv --kind contact",
    'salesagent crm import accounts.csv --kind company --map "Tier=custom.tier"',
  ],
  note: `Records are found by \`id\`, else by e-mail or LinkedIn page (contacts), domain or LinkedIn page (companies); those that are not there are made.
Empty cells change nothing. A row with a cell that can't be read is rejected: mend the rejects file and import it in turn.`,
  async run(operands, options, io) {
    const file = theOne(operands, "file", "ls *.csv");
    const kind = toKind(textOption(options, "kind"), "--kind");
    const context = readContext(options);
    const choice = readRecordStore(options, io);
    const source = fileSource(file);
    const table = await readTable(source, { signal: io.signal });
    for (const warning of table.warnings) io.stderr.write(`Note: ${warning}\n`);
    const { columns, ignored } = planColumns(kind, table, textOptions(options, "map"));
    if (ignored.length > 0) {
      io.stderr.write(
        `Note: left out, as nothing is known by these columns: ${ignored.join(", ")} (--map keeps them).\n`,
      );
    }
    await using store = await openStore(choice, io);
    const { clock } = store;
    const { records } = store.stores;
    const means = { records, kind, clock, createId: createSortableIds(clock), signal: io.signal };
    const rejectsFile =
      textOption(options, "rejects") ?? `${basename(file).replace(/\.[^.]+$/, "")}.rejects.csv`;
    const work = { table, columns, context, means, rejectsFile, totalBytes: await source.sizeBytes() };
    return await importRows(work, flagOption(options, "json"), io);
  },
};

interface ImportWork {
  readonly table: Awaited<ReturnType<typeof readTable>>;
  readonly columns: readonly RecordColumn[];
  readonly context: CellContext;
  readonly means: UpsertMeans;
  readonly rejectsFile: string;
  readonly totalBytes: number;
}

async function importRows(work: ImportWork, json: boolean, io: Io): Promise<number> {
  const { table, rejectsFile, means, totalBytes } = work;
  const counts = { rows: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 };
  const rejects = fileRejects(rejectsFile);
  await rejects.open(table.headers, 0);
  try {
    using progress = new ProgressLine(io.stderr, systemClock);
    for await (const { results, endByte } of writtenBatches(work)) {
      const rejected: RejectedRow[] = [];
      for (const result of results) {
        counts.rows += 1;
        counts[result.status] += 1;
        if ("reason" in result) {
          const { row, cells } = "cells" in result ? result : result.row;
          rejected.push({ status: "rejected", row, cells, reason: result.reason });
        }
      }
      if (rejected.length > 0) await rejects.write(rejected);
      if (json)
        for (const { row, reason } of rejected)
          await writeLine(io, JSON.stringify({ type: "rejected", row, reason }));
      const total = Math.max(counts.rows, Math.round((counts.rows * totalBytes) / Math.max(1, endByte)));
      progress.update({ label: `importing ${means.kind}`, done: counts.rows, total });
    }
  } finally {
    await rejects.close();
  }
  const where = counts.rejected > 0 ? { rejects: rejectsFile } : {};
  if (json) await writeLine(io, JSON.stringify({ type: "summary", kind: means.kind, ...counts, ...where }));
  else io.stdout.write(inWords(means.kind, counts, rejectsFile));
  return 0;
}

/** Rows as they are written, batch by batch, with how far the file was read. */
async function* writtenBatches({ table, columns, context, means }: ImportWork) {
  let rows: (ReadRow | RejectedRow)[] = [];
  let endByte = 0;
  const write = async () => {
    const isRead = (row: ReadRow | RejectedRow): row is ReadRow => "record" in row;
    const written = await upsertRecords(means, rows.filter(isRead));
    const results: readonly (RowResult | RejectedRow)[] = [
      ...written,
      ...rows.filter((row): row is RejectedRow => !isRead(row)),
    ];
    rows = [];
    return { results: results.toSorted((a, b) => rowOf(a) - rowOf(b)), endByte };
  };
  for await (const row of table.rows()) {
    rows.push(toReadRow(row, { table, columns, context, means }));
    if (row.status === "read") endByte = row.endByte;
    if (rows.length >= BATCH) yield await write();
  }
  if (rows.length > 0) yield await write();
}

const rowOf = ({ row }: RowResult | RejectedRow): number => (typeof row === "number" ? row : row.row);

function toReadRow(
  row: TableRow | RejectedRow,
  { table, columns, context, means }: Pick<ImportWork, "table" | "columns" | "context" | "means">,
): ReadRow | RejectedRow {
  if (row.status === "rejected") return row;
  const reading = readRecord(means.kind, table.headers, columns, row.cells, context);
  if ("record" in reading) return { row: row.row, cells: row.cells, record: reading.record };
  return { status: "rejected", row: row.row, cells: row.cells, reason: reading.reason };
}

function readContext(options: OptionValues): CellContext {
  const given = textOption(options, "country");
  const country = given === undefined ? undefined : normaliseCountry(given);
  if (given !== undefined && country === undefined) {
    throw new UsageError(`--country must be a country such as US or Germany, got "${given}".`);
  }
  return { country, thisYear: new Date(systemClock.now()).getUTCFullYear() };
}

function inWords(kind: string, counts: Readonly<Record<string, number>>, rejectsFile: string): string {
  const { rows = 0, created, updated, unchanged, rejected = 0 } = counts;
  const line = `${howMany(rows, "row", "rows")} of ${kind}: ${created} created, ${updated} updated, ${unchanged} unchanged, ${rejected} rejected.\n`;
  return rejected > 0 ? `${line}Rejected rows, with the reason of each: ${rejectsFile}\n` : line;
}
