/** What exports write where there is nothing. `NA` is not among them: it is Namibia. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  "-",
  "--",
  "–",
  "—",
  "n/a",
  "#n/a",
  "null",
  "nan",
  "undefined",
  "(blank)",
  "(empty)",
]);

const LONGEST_PLACEHOLDER = 9;

/** A cell without outer white space; empty where the cell holds only a sign for "nothing". */
export function cleanCell(cell: string): string {
  const text = cell.trim();
  return text.length <= LONGEST_PLACEHOLDER && PLACEHOLDERS.has(text.toLowerCase()) ? "" : text;
}

/** One line of text: runs of white space become one space. */
export function singleLine(text: string): string {
  return /\s\s|[\t\r\n\f\v\u00a0]/.test(text) ? text.replace(/\s+/g, " ") : text;
}
