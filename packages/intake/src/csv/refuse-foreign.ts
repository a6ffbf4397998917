import { unreadable } from "./unreadable.js";

/** How files of other kinds begin, and what to do with them. */
const SIGNATURES: readonly (readonly [bytes: readonly number[], advice: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], "this is an Excel or other zipped file, not CSV. Open it and export it as CSV."],
  [[0xd0, 0xcf, 0x11, 0xe0], "this is an old Excel file, not CSV. Open it and export it as CSV."],
  [[0x1f, 0x8b], "this is a gzip file, not CSV. Unpack it first."],
  [[0x25, 0x50, 0x44, 0x46], "this is a PDF, not CSV. Export the table as CSV."],
  [[0x89, 0x50, 0x4e, 0x47], "this is a PNG picture, not CSV."],
  [[0xff, 0xd8, 0xff], "this is a JPEG picture, not CSV."],
  [[0x7b, 0x5c, 0x72, 0x74, 0x66], "this is a rich text document, not CSV. Export the table as CSV."],
];

/** @throws `intake.unreadable` when the first bytes are those of another kind of file. */
export function refuseForeignBytes(source: string, head: Uint8Array): void {
  if (head.length === 0)
    throw unreadable(source, "the file is empty. Export it again with a header row and rows of leads.");
  for (const [bytes, advice] of SIGNATURES) {
    if (bytes.every((byte, index) => head[index] === byte)) throw unreadable(source, advice);
  }
}

/** @throws `intake.unreadable` when the text is a web page, JSON, or no text at all. */
export function refuseForeignText(source: string, head: string): void {
  const start = head.slice(0, 1_000).trimStart().toLowerCase();
  if (start === "" && head.length < 1_000) {
    throw unreadable(
      source,
      "the file holds only white space. Export it again with a header row and rows of leads.",
    );
  }
  if (head.includes("\0"))
    throw unreadable(source, "this is a binary file, not CSV. Export the table as CSV.");
  if (/^<(?:!doctype html|html|head|body|table|script)/.test(start)) {
    throw unreadable(
      source,
      "this is a web page (HTML), not CSV; the download may have led to a login page. Export it as CSV.",
    );
  }
  if (start.startsWith("<?xml"))
    throw unreadable(source, "this is an XML file, not CSV. Export the table as CSV.");
  if (/^(?:\{\s*"|\[\s*[{[])/.test(start))
    throw unreadable(source, "this is JSON, not CSV. Export the table as CSV.");
}
