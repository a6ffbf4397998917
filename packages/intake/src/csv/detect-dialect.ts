import { meaningOfHeader } from "../mapping/header-names.js";
import type { Encoding } from "./encoding.js";
import type { RawRow, RowPlace, WholeRow } from "./raw-row.js";
import { RowBlocks } from "./row-blocks.js";
import type { CsvDialect } from "./row-splitter.js";

const DELIMITERS = [",", ";", "\t", "|"];
const SAMPLE_ROWS = 200;
/** Rows among which the header is looked for; some exports put notes above it. */
const HEADER_WITHIN = 20;

/** The beginning of a file, without byte-order mark. */
export interface FileHead {
  readonly source: string;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly encoding: Encoding;
  /** Where `bytes` begin in the file. */
  readonly byte: number;
  readonly maxCellBytes: number;
  /** The head is the whole file. */
  readonly whole: boolean;
}

/** A reading of the head under one dialect. */
export interface HeadReading {
  readonly dialect: CsvDialect;
  readonly rows: readonly (RowPlace & WholeRow)[];
  /** Index of the header among `rows`; -1 when there are none. */
  readonly headerAt: number;
}

/** The reading under which the rows of the head are most alike and its header best known. */
export function detectDialect(head: FileHead, delimiter: string | undefined): HeadReading {
  const newline = detectNewline(head.text);
  const declared = delimiter ?? /^"?sep=([^"\r\n])"?\r?[\r\n]/i.exec(head.text)?.[1];
  const readings = (declared === undefined ? DELIMITERS : [declared]).map((candidate) =>
    readHead(head, { delimiter: candidate, newline }),
  );
  return readings.reduce((best, reading) => (scoreOf(reading) > scoreOf(best) ? reading : best));
}

/** Line feeds end rows, unless lone carriage returns outnumber them. */
function detectNewline(text: string): "\n" | "\r" {
  const feeds = text.split("\n").length - 1;
  const loneReturns = text.split(/\r(?!\n|$)/).length - 1;
  return loneReturns > feeds || (feeds === 0 && text.includes("\r")) ? "\r" : "\n";
}

function readHead(head: FileHead, dialect: CsvDialect): HeadReading {
  const blocks = new RowBlocks({ ...head, dialect, row: 1 });
  const rows: (RowPlace & WholeRow)[] = [];
  collect(blocks.push(head.bytes), rows);
  // At the end of the file the last row may lack its line end; a quote left open is the reader's to report.
  if (head.whole && rows.length < SAMPLE_ROWS && !blocks.insideQuotes) collect(blocks.end(), rows);
  return { dialect, rows, headerAt: headerIndex(rows) };
}

function collect(blocks: Iterable<readonly RawRow[]>, rows: (RowPlace & WholeRow)[]): void {
  for (const block of blocks) {
    for (const row of block) {
      if (row.cells !== undefined && !isBlank(row.cells)) rows.push(row);
    }
    if (rows.length >= SAMPLE_ROWS) return;
  }
}

/** The first row, unless it names no known field and one soon after names two. A `sep=` line is none. */
function headerIndex(rows: readonly WholeRow[]): number {
  const first = rows.findIndex(({ cells }) => !/^sep=.?$/i.test(cells.join("")));
  if (first === -1 || knownHeaders(rows[first]) > 0) return first;
  const better = rows.slice(0, HEADER_WITHIN).findIndex((row) => knownHeaders(row) >= 2);
  return better === -1 ? first : better;
}

function scoreOf({ rows, headerAt }: HeadReading): number {
  const header = rows[headerAt];
  if (header === undefined) return 0;
  const body = rows.slice(headerAt + 1);
  const width = header.cells.length;
  const alike = body.filter(({ cells }) => cells.length === width).length;
  const consistency = body.length === 0 ? 1 : alike / body.length;
  // A header that is understood outweighs rows that are all alike: those may be alike in being cut nowhere.
  return 2 * consistency + Math.min(width, 10) / 10 + (knownHeaders(header) > 0 ? 2 : 0);
}

/** How many cells of a row are headers that are known. */
export function knownHeaders(row: WholeRow | undefined): number {
  return row?.cells.filter((cell) => meaningOfHeader(cell) !== undefined).length ?? 0;
}

/** Whether a row holds nothing: no row of data, but a gap between them. */
export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === "" || cell.trim() === "");
}
