import Papa from "papaparse";
import type { Encoding } from "./encoding.js";
import type { RawRow } from "./raw-row.js";
import { asciiUnits, type CsvDialect, RowSplitter } from "./row-splitter.js";
import { createRowDecoder } from "./text-decoding.js";
import { unreadable } from "./unreadable.js";

/** Small, because a text cut from a block keeps the whole block in memory for as long as it lives itself. */
const BLOCK_UNITS = 16_384;
const BLOCK_ROWS = 128;
const EXCERPT_UNITS = 1_000;

export interface RowBlocksOptions {
  /** Names the file in errors. */
  readonly source: string;
  readonly encoding: Encoding;
  readonly dialect: CsvDialect;
  /** A cell this long or longer, in bytes (UTF-16: in units), rejects its row. */
  readonly maxCellBytes: number;
  /** Where the first byte that is pushed lies in the file. */
  readonly byte: number;
  /** Number of the row that begins there. */
  readonly row: number;
}

/**
 * Cuts bytes, pushed in chunks of any size, into rows. Row borders are found on the bytes, so that each row knows where it
 * ends in the file; Papa Parse then reads the cells of many whole rows at a time. Memory is bounded by a chunk and a row.
 */
export class RowBlocks {
  readonly #options: RowBlocksOptions;
  readonly #splitter: RowSplitter;
  readonly #decoder: ReturnType<typeof createRowDecoder>;
  readonly #unitBytes: 1 | 2;
  /** Bytes from the start of the unfinished row on. */
  #tail: Uint8Array = new Uint8Array(0);
  /** Units of the tail that the splitter has seen. */
  #scanned = 0;
  /** Where the tail begins in the file. */
  #base: number;
  #row: number;
  /** Of an oversized row whose bytes were let go. */
  #excerpt: string | undefined;

  constructor(options: RowBlocksOptions) {
    this.#options = options;
    this.#splitter = new RowSplitter(options.dialect, options.maxCellBytes);
    this.#decoder = createRowDecoder(options.encoding);
    this.#unitBytes = options.encoding === "utf-8" ? 1 : 2;
    this.#base = options.byte;
    this.#row = options.row;
  }

  /** Whether the bytes so far end inside a quoted cell. */
  get insideQuotes(): boolean {
    return this.#splitter.insideQuotes;
  }

  /** The rows that end in this chunk, in blocks; to be read to the end before the next push. */
  *push(chunk: Uint8Array): Generator<readonly RawRow[], void, void> {
    const bytes = this.#tail.length === 0 ? chunk : joined(this.#tail, chunk);
    const { encoding } = this.#options;
    const units = encoding === "utf-8" ? bytes : asciiUnits(bytes, encoding);
    let blockStart = 0;
    let rowStart = 0;
    let ends: number[] = [];
    for (;;) {
      const end = this.#splitter.scan(units, rowStart + this.#scanned, units.length);
      if (end === -1) break;
      this.#scanned = 0;
      const faulty = this.#splitter.broken || this.#splitter.oversized;
      if (!faulty) ends.push(end);
      if (ends.length > 0 && (faulty || ends.length === BLOCK_ROWS || end - blockStart >= BLOCK_UNITS)) {
        yield this.#wholeRows(bytes, blockStart, ends);
        ends = [];
        blockStart = end;
      }
      if (faulty) {
        yield [this.#faultyRow(bytes, rowStart, end)];
        blockStart = end;
      }
      rowStart = end;
      this.#splitter.startRow();
    }
    if (ends.length > 0) yield this.#wholeRows(bytes, blockStart, ends);
    this.#keep(bytes, rowStart, units.length);
  }

  /**
   * The last row, when no line end follows it.
   *
   * @throws `intake.unreadable` naming the row in which a quote was opened and never closed.
   */
  *end(): Generator<readonly RawRow[], void, void> {
    if (this.insideQuotes) {
      throw unreadable(
        this.#options.source,
        `the quote that opens a cell in row ${this.#row} is never closed. Close it, or double the quotes inside the cell.`,
        { row: this.#row },
      );
    }
    if (this.#tail.length < this.#unitBytes && this.#excerpt === undefined) return;
    const ending = new Uint8Array(this.#unitBytes);
    ending[this.#options.encoding === "utf-16be" ? 1 : 0] = this.#options.dialect.newline.charCodeAt(0);
    for (const block of this.push(ending)) {
      yield block.map((row) => ({ ...row, endByte: row.endByte - ending.length }));
    }
  }

  #wholeRows(bytes: Uint8Array, start: number, ends: readonly number[]): readonly RawRow[] {
    const text = this.#decoder.block(this.#slice(bytes, start, ends.at(-1) ?? start));
    const parsed = text === undefined ? undefined : parseCells(text, this.#options.dialect, ends.length);
    return ends.map((end, index) => {
      const cells = parsed?.[index];
      const place = { row: this.#row++, endByte: this.#base + end * this.#unitBytes };
      return cells === undefined
        ? { ...place, ...this.#rowAlone(this.#slice(bytes, ends[index - 1] ?? start, end)) }
        : { ...place, cells };
    });
  }

  /** One row of a block whose bytes are not all of the expected encoding. */
  #rowAlone(
    bytes: Uint8Array,
  ): Pick<RawRow, "fellBack"> & ({ cells: readonly string[] } | { fault: string; text: string }) {
    const { text, fellBack } = this.#decoder.row(bytes);
    const cells = parseCells(text, this.#options.dialect, 1)?.[0];
    return {
      ...(cells === undefined ? { fault: "the row can't be told from its neighbours", text } : { cells }),
      ...(fellBack ? { fellBack } : {}),
    };
  }

  #faultyRow(bytes: Uint8Array, start: number, end: number): RawRow {
    const { oversized } = this.#splitter;
    const text =
      this.#excerpt ?? this.#textOf(bytes, start, oversized ? Math.min(end, start + EXCERPT_UNITS) : end);
    this.#excerpt = undefined;
    const limit = this.#options.maxCellBytes;
    return {
      row: this.#row++,
      endByte: this.#base + end * this.#unitBytes,
      fault: oversized
        ? `a cell is as long as ${limit} bytes or longer; the beginning of the row is kept here`
        : "a quoted cell is broken: a quote inside it is not doubled, or the cell was never closed",
      text: text.replace(/[\r\n]+$/, ""),
    };
  }

  /** Holds on to the unfinished row; of one that is too long already, only to its beginning. */
  #keep(bytes: Uint8Array, rowStart: number, units: number): void {
    if (this.#splitter.oversized) {
      this.#excerpt ??= this.#textOf(bytes, rowStart, Math.min(units, rowStart + EXCERPT_UNITS));
      rowStart = units;
    }
    this.#base += rowStart * this.#unitBytes;
    this.#scanned = units - rowStart;
    this.#tail = bytes.subarray(rowStart * this.#unitBytes);
  }

  #textOf(bytes: Uint8Array, start: number, end: number): string {
    return this.#decoder.row(this.#slice(bytes, start, end)).text;
  }

  #slice(bytes: Uint8Array, start: number, end: number): Uint8Array {
    return bytes.subarray(start * this.#unitBytes, end * this.#unitBytes);
  }
}

/** The cells of whole rows, each with its line end; undefined when Papa Parse does not see as many rows. */
function parseCells(
  text: string,
  dialect: CsvDialect,
  rows: number,
): readonly (readonly string[])[] | undefined {
  // No database keeps this character in a text.
  const storable = text.includes("\0") ? text.replaceAll("\0", "") : text;
  const { data } = Papa.parse<string[]>(storable, { delimiter: dialect.delimiter, newline: dialect.newline });
  // The line end of the last row begins another, empty one.
  return data.length === rows + 1 ? data : undefined;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
