import { abortable } from "../source/abortable.js";
import type { ByteSource } from "../source/byte-source.js";
import type { CsvLayout } from "./layout.js";
import type { RawRow } from "./raw-row.js";
import { RowBlocks } from "./row-blocks.js";

/** Where reading begins: a row border. */
export interface RowStart {
  readonly byte: number;
  readonly row: number;
}

/**
 * Rows of a file from a row border on, in blocks. Blank rows come too, so that nothing is numbered amiss.
 *
 * @throws `intake.unreadable` when a quote is left open.
 */
export async function* readRows(
  source: ByteSource,
  layout: CsvLayout,
  start: RowStart,
  options: { readonly maxCellBytes: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<readonly RawRow[], void, void> {
  const blocks = new RowBlocks({
    source: source.name,
    encoding: layout.encoding,
    dialect: layout.dialect,
    maxCellBytes: options.maxCellBytes,
    ...start,
  });
  for await (const chunk of abortable(source.open(start.byte), options.signal)) {
    yield* blocks.push(chunk);
  }
  yield* blocks.end();
}
