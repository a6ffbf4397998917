import { basename } from "node:path";
import {
  type ColumnMapping,
  type ImportCounts,
  type ImportEvent,
  type ImportedRow,
  type ImportProgress,
  importLeads,
} from "@salesagent/intake";
import { fileRejects, fileSource } from "@salesagent/intake/file";
import type { Lead, TenantStorage } from "@salesagent/ports";
import type { Io } from "../io.js";
import type { RejectedRow } from "./qualified-row.js";
import type { PendingLead } from "./qualify-lead.js";
import type { QualifyOptions } from "./qualify-options.js";

/** What comes next from the file: a lead to qualify, or a row that holds none. */
export type FeedItem = (PendingLead | RejectedRow) & {
  /** About how many rows the file has, where that can be told. */
  readonly total: number | undefined;
};

/** Rows that are stored, or read back, together. */
const PAGE = 500;

/** What the import says of itself, filled while the feed is read. */
export interface ImportAccount {
  /** The row at which an earlier run stopped. */
  resumedAtRow?: number;
  /** Of the whole file, earlier runs included; there when every row is accounted for. */
  counts?: ImportCounts;
}

/**
 * Imports the file and passes its rows on as each batch is stored. When an earlier run of the same import broke off, the
 * leads that it stored follow at the end, so that none is forgotten and the outcome is that of one run.
 */
export async function* leadFeed(
  options: QualifyOptions,
  stores: TenantStorage,
  signal: AbortSignal,
  io: Io,
  account: ImportAccount,
): AsyncGenerator<FeedItem, void, void> {
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const given = new Set<string>();
  let rows = 0;
  for await (const event of openImport(options, stores, signal)) {
    note(event, account, options, io);
    if (event.type !== "batch-stored") continue;
    const total = estimateRows(event.progress);
    for (const row of event.rows) {
      if (rows++ >= limit) return;
      if (row.status !== "rejected") given.add(row.leadId);
      yield { ...toItem(row), total };
    }
    if (rows >= limit) return;
  }
  if (account.resumedAtRow === undefined) return;
  for await (const lead of leadsOfSource(options, stores)) {
    if (given.has(lead.id)) continue;
    if (rows++ >= limit) return;
    yield { status: "resumed", leadId: lead.id, draft: lead, total: undefined };
  }
}

function openImport(
  options: QualifyOptions,
  stores: TenantStorage,
  signal: AbortSignal,
): AsyncIterable<ImportEvent> {
  const { file, rejectsFile, limit } = options;
  // In the working directory: the input may lie where nothing can be written.
  const ownRejects = `${basename(file).replace(/\.[^.]+$/, "")}.rejects.csv`;
  return importLeads({
    source: fileSource(file),
    storage: stores,
    mapping: options.mapping as ColumnMapping,
    rejects: fileRejects(rejectsFile ?? ownRejects),
    // With a limit, no more is stored than was asked for.
    batchSize: Math.min(PAGE, limit ?? PAGE),
    signal,
  });
}

function note(event: ImportEvent, account: ImportAccount, { quiet }: QualifyOptions, { stderr }: Io): void {
  if (event.type === "import-warning") stderr.write(`Note: ${event.message}\n`);
  if (event.type === "import-completed") account.counts = event.summary;
  if (event.type !== "import-started" || event.resumedAtRow === undefined) return;
  account.resumedAtRow = event.resumedAtRow;
  if (!quiet)
    stderr.write(`Going on at row ${event.resumedAtRow}, where the last run of this import stopped.\n`);
}

/** Rows of the whole file, by the bytes read so far. */
function estimateRows({ totalBytes, bytesRead, rows }: ImportProgress): number | undefined {
  return totalBytes === undefined
    ? undefined
    : Math.max(rows, Math.round((rows * totalBytes) / Math.max(1, bytesRead)));
}

function toItem(row: ImportedRow): PendingLead | RejectedRow {
  if (row.status === "rejected") return { row: row.row, status: "rejected", reason: row.reason };
  const { status, leadId, lead } = row;
  return { row: row.row, status, leadId, draft: lead };
}

async function* leadsOfSource(
  { file }: QualifyOptions,
  stores: TenantStorage,
): AsyncGenerator<Lead, void, void> {
  const source = `csv:${basename(file)}`;
  let after: string | undefined;
  do {
    const page = await stores.leads.list({ source }, { after, limit: PAGE });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
