import { type FileHandle, open, rm, truncate } from "node:fs/promises";
import { SalesAgentError } from "@salesagent/ports";
import { csvLine } from "../import/csv-line.js";
import type { RejectsSink } from "../import/rejects-sink.js";

/** Spreadsheets take UTF-8 for what it is only after this mark. */
const MARK = "\ufeff";
const REASON_COLUMNS = ["Rejected row", "Rejected because"];

/**
 * Writes rejected rows to a CSV file (RFC 4180, UTF-8 with mark): number of the row, reason, then the row's own cells as
 * they were, so that the file can be mended and imported in turn. There is no file when nothing is rejected.
 *
 * Cells are not altered, not even those that a spreadsheet would take for a formula (`=`, `+`, `-`, `@` at the beginning):
 * they stand as in the original, and `+49 30 …` must survive the round. The two columns in front hold our own words and a
 * number only.
 *
 * @param path - Such as `leads.csv.rejects.csv`. A rejects file of an earlier import is replaced; any other file is not.
 * @throws (when opened) `config.invalid` when the path holds a file that is no rejects file.
 */
export function fileRejects(path: string): RejectsSink {
  let handle: FileHandle | undefined;
  let heading = "";
  let length = 0;
  return {
    async open(headers, position) {
      heading = MARK + csvLine([...REASON_COLUMNS, ...headers]);
      const size = await rejectsFileSize(path);
      length = Math.min(size, position);
      if (length === 0) await rm(path, { force: true });
      else if (length < size) await truncate(path, length);
    },
    async write(rows) {
      handle ??= await open(path, "a");
      const lines = rows.map(({ row, reason, cells }) => csvLine([row, reason, ...cells]));
      const bytes = Buffer.from((length === 0 ? heading : "") + lines.join(""));
      await handle.appendFile(bytes);
      await handle.datasync();
      length += bytes.length;
      return length;
    },
    async close() {
      await handle?.close();
      handle = undefined;
    },
  };
}

/** 0 when there is none. */
async function rejectsFileSize(path: string): Promise<number> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
  try {
    const start = Buffer.from(MARK + REASON_COLUMNS.join(","));
    const { buffer, bytesRead } = await file.read(Buffer.alloc(start.length), 0, start.length, 0);
    if (bytesRead > 0 && !buffer.subarray(0, bytesRead).equals(start.subarray(0, bytesRead)))
      throw foreignFile(path);
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

function foreignFile(path: string): SalesAgentError<"config.invalid"> {
  return new SalesAgentError("config.invalid", {
    message: `rejects: "${path}" exists and is no rejects file, so it is not overwritten. Choose another path or remove it.`,
    facts: { option: "rejects" },
    replay: "safe",
  });
}
