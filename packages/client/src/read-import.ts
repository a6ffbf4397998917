import { ClientError, type Problem } from "./client-error.js";
import { type Connection, linkedSignal, type RequestParts } from "./connection.js";
import { bodyOf, readData, toConnectionError } from "./follow-stream.js";
import type { ImportOutcome, ImportProgress } from "./lead-answers.js";
import { readSse } from "./read-sse.js";

/** Sends a file and reads what the server tells meanwhile. @throws ClientError; the signal's reason. */
export async function readImport(
  { open, settings: { clock, idleMs } }: Connection,
  path: string,
  parts: RequestParts,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportOutcome> {
  const linked = linkedSignal(parts.signal);
  const { signal } = linked;
  try {
    const headers = { ...parts.headers, accept: "text/event-stream" };
    const body = bodyOf(await open("POST", path, { ...parts, headers, signal }));
    for await (const message of readSse(body, { clock, idleMs, signal, hints: { retryMs: 0 } })) {
      const told: unknown = readData(message);
      if (message.event === "imported") return told as ImportOutcome;
      if (message.event === "failed") throw new ClientError(told as Problem);
      onProgress(told as ImportProgress);
    }
    throw new Error("It ended before the import did.");
  } catch (error) {
    parts.signal?.throwIfAborted();
    throw toConnectionError(error);
  } finally {
    linked.end();
  }
}
