import { normaliseEmail } from "../normalise/email.js";
import { abortable } from "../source/abortable.js";
import type { ByteSource } from "../source/byte-source.js";
import { columnNames } from "./column-names.js";
import { detectDialect, type FileHead, type HeadReading, knownHeaders } from "./detect-dialect.js";
import { detectEncoding } from "./encoding.js";
import type { CsvLayout } from "./layout.js";
import { refuseForeignBytes, refuseForeignText } from "./refuse-foreign.js";
import { createRowDecoder } from "./text-decoding.js";
import { unreadable } from "./unreadable.js";

const HEAD_BYTES = 65_536;

/** What is settled about a file beforehand. */
export interface LayoutOptions {
  /** One character. Found out by default. */
  readonly delimiter?: string | undefined;
  /** Names of the columns of a file that has no header row. */
  readonly headers?: readonly string[] | undefined;
  readonly maxCellBytes: number;
}

/**
 * Reads the beginning of a source and finds out how the rest is to be read.
 *
 * @throws `intake.unreadable` for an empty file, another kind of file, or a file without a header row.
 */
export async function detectLayout(
  source: ByteSource,
  options: LayoutOptions,
  signal: AbortSignal | undefined,
): Promise<CsvLayout> {
  const { bytes, whole } = await readStart(source, signal);
  refuseForeignBytes(source.name, bytes);
  const { encoding, markBytes } = detectEncoding(bytes);
  const body = bytes.subarray(markBytes);
  const decoder = createRowDecoder(encoding);
  const text = decoder.block(body) ?? decoder.row(body).text;
  refuseForeignText(source.name, text);
  const head: FileHead = {
    source: source.name,
    bytes: body,
    text,
    encoding,
    byte: markBytes,
    maxCellBytes: options.maxCellBytes,
    whole,
  };
  const reading = detectDialect(head, options.delimiter);
  return options.headers === undefined
    ? withHeaderRow(head, reading)
    : withoutHeaderRow(head, reading, options.headers);
}

function withHeaderRow(head: FileHead, { dialect, rows, headerAt }: HeadReading): CsvLayout {
  const header = rows[headerAt];
  if (header === undefined) {
    throw unreadable(
      head.source,
      "no header row is found: the first row does not end, perhaps for a quote that is never closed.",
      { row: 1 },
    );
  }
  if (knownHeaders(header) === 0 && header.cells.some(looksLikeData)) {
    throw unreadable(
      head.source,
      `row ${header.row} looks like data, not like a header. Add a row with the names of the columns, or pass \`headers\`.`,
      { row: header.row },
    );
  }
  const body = rows.slice(headerAt + 1);
  if (
    body.length === 0 &&
    head.whole &&
    head.text.split(/[\r\n]+/).filter((line) => line.trim() !== "").length < 2
  ) {
    throw unreadable(head.source, "there is a header row, but no row of data below it.", { row: header.row });
  }
  const skipped = header.row - 1;
  return {
    encoding: head.encoding,
    dialect,
    headers: columnNames(header.cells),
    dataByte: header.endByte,
    dataRow: header.row + 1,
    sampleRows: body.map(({ cells }) => cells).filter(({ length }) => length === header.cells.length),
    warnings:
      skipped === 0 ? [] : [`The header was found in row ${header.row}; what stands above it is left out.`],
  };
}

function withoutHeaderRow(
  head: FileHead,
  { dialect, rows }: HeadReading,
  headers: readonly string[],
): CsvLayout {
  return {
    encoding: head.encoding,
    dialect,
    headers: columnNames(headers),
    dataByte: head.byte,
    dataRow: 1,
    sampleRows: rows.map(({ cells }) => cells).filter(({ length }) => length === headers.length),
    warnings: [],
  };
}

function looksLikeData(cell: string): boolean {
  const text = cell.trim();
  return (
    normaliseEmail(text) !== undefined ||
    /^(?:https?:\/\/|www\.)/i.test(text) ||
    /^[+\-$€£]?\d[\d.,\s]*[%kmb+]?$/i.test(text)
  );
}

async function readStart(
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<{ readonly bytes: Uint8Array; readonly whole: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let whole = true;
  for await (const chunk of abortable(source.open(0), signal)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > HEAD_BYTES) {
      whole = false;
      break;
    }
  }
  const bytes = new Uint8Array(Math.min(length, HEAD_BYTES));
  let at = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, bytes.length - at);
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, whole };
}
