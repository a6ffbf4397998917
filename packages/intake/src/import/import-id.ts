import type { LeadFile } from "../read-leads.js";
import type { ResolvedReadOptions } from "../read-options.js";
import { sha256Hex } from "../source/byte-source.js";

/** Changes when files are read in another way, so that an import begun by an older release is not resumed amiss. */
const READER = 1;

/** Names an import: the same bytes, read the same way, have the same id. Undefined when the source has no fingerprint. */
export async function importIdOf(file: LeadFile, options: ResolvedReadOptions): Promise<string | undefined> {
  const fingerprint = await options.source.fingerprint?.(options.signal);
  if (fingerprint === undefined) return undefined;
  const { encoding, dialect, dataByte } = file.layout;
  const mapping = file.mapping.map(({ column, target }) => [column, target]);
  const way = [READER, fingerprint, encoding, dialect.delimiter, dialect.newline, dataByte, mapping];
  const text = JSON.stringify([...way, options.maxCellBytes, options.defaultCountry ?? null]);
  return (await sha256Hex(new TextEncoder().encode(text))).slice(0, 32);
}
