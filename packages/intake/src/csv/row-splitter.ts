/** Characters that give a CSV file its shape. */
export interface CsvDialect {
  readonly delimiter: string;
  /** What ends a row. With `\n`, a `\r` before it belongs to the ending. */
  readonly newline: "\n" | "\r";
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** A row may hold this many of its longest allowed cells. */
const LONGEST_ROW_CELLS = 8;

const AT_CELL_START = 0;
const IN_PLAIN_CELL = 1;
const IN_QUOTED_CELL = 2;
const AFTER_QUOTE = 3;
/** White space was read after a closing quote. */
const AFTER_QUOTE_SPACE = 4;

/**
 * Finds where rows end, unit by unit, without decoding: it can stop at any unit and go on with the next. A quote opens a
 * cell only as its first unit (RFC 4180); inside, two quotes stand for one; white space may follow the closing quote. Any
 * other quote inside a quoted cell makes the row `broken`, since its end can't be told for sure.
 *
 * @see RFC 4180, section 2.
 */
export class RowSplitter {
  /** A quoted cell of this row holds a quote that neither closes it nor is doubled. */
  broken = false;
  /** A cell of this row, or the row as a whole, is longer than allowed. */
  oversized = false;
  readonly #delimiter: number;
  readonly #newline: number;
  readonly #longestCell: number;
  #state = AT_CELL_START;
  /** Units of the current cell and row that lay before `from` of the current call. */
  #cellBefore = 0;
  #rowBefore = 0;

  constructor(dialect: CsvDialect, longestCell: number) {
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#newline = dialect.newline.charCodeAt(0);
    this.#longestCell = longestCell;
  }

  /** Whether the units so far end inside a quoted cell. */
  get insideQuotes(): boolean {
    return this.#state === IN_QUOTED_CELL;
  }

  /** Forgets the row, so that the next unit begins another. */
  startRow(): void {
    this.broken = false;
    this.oversized = false;
    this.#state = AT_CELL_START;
    this.#cellBefore = 0;
    this.#rowBefore = 0;
  }

  /**
   * Reads on in the current row.
   *
   * @returns Index just after the row's end, or -1 when the units ran out before it.
   */
  scan(units: Uint8Array, from: number, until: number): number {
    const delimiter = this.#delimiter;
    const newline = this.#newline;
    let state = this.#state;
    let cellStart = from - this.#cellBefore;
    for (let index = from; index < until; index++) {
      const unit = units[index];
      if (state === IN_QUOTED_CELL) {
        if (unit === QUOTE) state = AFTER_QUOTE;
      } else if (unit === delimiter) {
        if (index - cellStart >= this.#longestCell) this.oversized = true;
        cellStart = index + 1;
        state = AT_CELL_START;
      } else if (unit === newline) {
        this.#measure(index - cellStart, index - from);
        return index + 1;
      } else if (state === AT_CELL_START) {
        state = unit === QUOTE ? IN_QUOTED_CELL : IN_PLAIN_CELL;
      } else if (state >= AFTER_QUOTE) {
        state = this.#afterQuote(state, unit);
      }
    }
    this.#state = state;
    this.#cellBefore = until - cellStart;
    this.#measure(this.#cellBefore, until - from);
    this.#rowBefore += until - from;
    return -1;
  }

  #afterQuote(state: number, unit: number | undefined): number {
    if (unit === QUOTE && state === AFTER_QUOTE) return IN_QUOTED_CELL;
    if (unit === SPACE || unit === TAB || unit === CARRIAGE_RETURN || unit === LINE_FEED)
      return AFTER_QUOTE_SPACE;
    this.broken = true;
    return IN_QUOTED_CELL;
  }

  #measure(cell: number, rowNow: number): void {
    if (cell >= this.#longestCell || this.#rowBefore + rowNow >= LONGEST_ROW_CELLS * this.#longestCell) {
      this.oversized = true;
    }
  }
}

/**
 * One byte for each UTF-16 unit, for {@link RowSplitter}: the unit itself when it is ASCII, else a letter. A half unit at the
 * end is left out.
 */
export function asciiUnits(bytes: Uint8Array, encoding: "utf-16le" | "utf-16be"): Uint8Array {
  const low = encoding === "utf-16le" ? 0 : 1;
  const units = new Uint8Array(bytes.length >> 1);
  for (let index = 0; index < units.length; index++) {
    const value = bytes[2 * index + low] ?? 0;
    units[index] = bytes[2 * index + 1 - low] === 0 && value < 0x80 ? value : 0x61;
  }
  return units;
}
