import { readLeads } from "../read-leads.js";
import type { ReadLeadsOptions } from "../read-options.js";
import type { RowOutcome } from "../row-outcome.js";
import { type ByteSource, textSource } from "../source/byte-source.js";

/** Every outcome of a file. */
export async function readAll(
  content: string | ByteSource,
  options?: ReadLeadsOptions,
): Promise<RowOutcome[]> {
  const source = typeof content === "string" ? textSource("leads.csv", content) : content;
  const outcomes: RowOutcome[] = [];
  for await (const outcome of readLeads(source, options)) outcomes.push(outcome);
  return outcomes;
}
