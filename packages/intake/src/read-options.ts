import { type Clock, systemClock } from "@salesagent/ports";
import type { ColumnMapping } from "./mapping/fields.js";
import { normaliseCountry } from "./normalise/country.js";
import type { ByteSource } from "./source/byte-source.js";

/** How a file of leads is read. */
export interface ReadLeadsOptions {
  /**
   * What becomes of columns, by header; columns that are not named are mapped as proposed. `custom` keeps a column under its
   * header, `ignore` leaves it out.
   */
  readonly mapping?: ColumnMapping | undefined;
  /** One character between cells. @defaultValue found out: comma, semicolon, tab or vertical bar */
  readonly delimiter?: string | undefined;
  /** Names of the columns, for a file without a header row. @defaultValue the file's header row */
  readonly headers?: readonly string[] | undefined;
  /** Country (ISO alpha-2 or name) of phone numbers in national form, where the row names none. @defaultValue none */
  readonly defaultCountry?: string | undefined;
  /** A cell this long or longer rejects its row. Whole number from 100. @defaultValue 1_000_000 */
  readonly maxCellBytes?: number | undefined;
  /** Stamps provenance and measures progress. @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Ends the reading; what was stored stays. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of reading with nothing left open. */
export interface ResolvedReadOptions {
  readonly source: ByteSource;
  readonly mapping: ColumnMapping;
  readonly delimiter: string | undefined;
  readonly headers: readonly string[] | undefined;
  readonly defaultCountry: string | undefined;
  readonly maxCellBytes: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** @throws TypeError or RangeError naming the option that is wrong. */
export function resolveReadOptions(source: ByteSource, options: ReadLeadsOptions): ResolvedReadOptions {
  const { mapping = {}, delimiter, headers, maxCellBytes = 1_000_000, clock = systemClock, signal } = options;
  if (delimiter !== undefined && !/^[^\r\n"\ufeff\u0080-\uffff]$/.test(delimiter)) {
    throw new TypeError(
      `delimiter must be one ASCII character, not a quote or line end, got ${JSON.stringify(delimiter)}`,
    );
  }
  if (headers !== undefined && headers.length === 0)
    throw new TypeError("headers must name at least one column");
  if (!Number.isInteger(maxCellBytes) || maxCellBytes < 100) {
    throw new RangeError(`maxCellBytes must be a whole number from 100, got ${maxCellBytes}`);
  }
  const defaultCountry =
    options.defaultCountry === undefined ? undefined : normaliseCountry(options.defaultCountry);
  if (options.defaultCountry !== undefined && defaultCountry === undefined) {
    throw new TypeError(
      `defaultCountry must be a country, such as "US" or "Germany", got ${JSON.stringify(options.defaultCountry)}`,
    );
  }
  return Object.freeze({ source, mapping, delimiter, headers, defaultCountry, maxCellBytes, clock, signal });
}
