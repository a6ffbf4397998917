import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { unreadable } from "../csv/unreadable.js";
import type { ByteSource } from "../source/byte-source.js";

const CHUNK_BYTES = 262_144;

/**
 * A file on disk. Its fingerprint is the SHA-256 of its content, so that a moved or copied file is the same source.
 *
 * @param path - Absolute, or relative to the working directory. The source is named by the last part.
 */
export function fileSource(path: string): Required<ByteSource> {
  const name = basename(path);
  const read = (start: number, signal?: AbortSignal) =>
    withClearErrors(
      name,
      createReadStream(path, { start, highWaterMark: CHUNK_BYTES, ...(signal && { signal }) }),
    );
  return {
    name,
    open: (fromByte) => read(fromByte),
    async sizeBytes() {
      const stats = await stat(path).catch((error: unknown) => {
        throw clearError(name, error);
      });
      return stats.size;
    },
    async fingerprint(signal) {
      const hash = createHash("sha256");
      try {
        for await (const chunk of read(0, signal)) hash.update(chunk);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
      return hash.digest("hex");
    },
  };
}

async function* withClearErrors(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* chunks;
  } catch (error) {
    throw clearError(name, error);
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file. Check the path.",
  EISDIR: "this is a folder, not a file. Name a file in it.",
  EACCES: "the file may not be read. Check its permissions.",
  EPERM: "the file may not be read. Check its permissions.",
};

/** File system failures that the caller can mend, told plainly; all others unchanged. */
function clearError(name: string, error: unknown): unknown {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const problem = PROBLEMS[code];
  return problem === undefined ? error : unreadable(name, problem, { cause: error });
}
