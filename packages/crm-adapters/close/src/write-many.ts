import { type CrmWrite, type CrmWritten, SalesAgentError } from "@salesagent/ports";

/** Failures that are of the credential or the service, and not of a row: the next row would meet them too. */
const OF_ALL_ROWS: ReadonlySet<string> = new Set([
  "service.auth",
  "service.quota_exhausted",
  "service.rate_limited",
  "breaker.open",
  "credential.refused",
  "credential.not_found",
  "credential.unreadable",
  "call.wait_too_long",
]);

/**
 * Writes rows one after the other, and tells what became of each. A failure that every row would meet ends it: the rows that are
 * left were not sent, and say so.
 *
 * @throws What the first row met of that sort, and the signal's reason.
 */
export async function writeRows(
  writes: readonly CrmWrite[],
  write: (row: CrmWrite) => Promise<CrmWritten>,
  signal: AbortSignal | undefined,
): Promise<readonly CrmWritten[]> {
  const outcomes: CrmWritten[] = [];
  for (const row of writes) {
    signal?.throwIfAborted();
    try {
      outcomes.push(await write(row));
    } catch (error) {
      if (!SalesAgentError.is(error)) throw error;
      if (!OF_ALL_ROWS.has(error.code) || error.replay === "unsafe") {
        outcomes.push({ status: error.replay === "unsafe" ? "unknown" : "refused", error });
        continue;
      }
      if (outcomes.length === 0) throw error;
      const left = writes.slice(outcomes.length).map((): CrmWritten => ({ status: "refused", error }));
      return [...outcomes, ...left];
    }
  }
  return outcomes;
}
