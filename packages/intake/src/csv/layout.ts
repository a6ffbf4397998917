import type { Encoding } from "./encoding.js";
import type { CsvDialect } from "./row-splitter.js";

/** How a file is to be read, as found out from its beginning. */
export interface CsvLayout {
  readonly encoding: Encoding;
  readonly dialect: CsvDialect;
  /** Names of the columns, all different, none empty. */
  readonly headers: readonly string[];
  /** Where the first row of data begins, in bytes. */
  readonly dataByte: number;
  /** Number of the first row of data. */
  readonly dataRow: number;
  /** Cells of rows near the beginning, for a mapping to be proposed from. */
  readonly sampleRows: readonly (readonly string[])[];
  /** What a person should know about the file as a whole. */
  readonly warnings: readonly string[];
}
