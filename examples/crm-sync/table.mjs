// Rows as a table.
const WIDEST = 72;

/**
 * @param {readonly string[]} titles
 * @param {readonly (readonly unknown[])[]} rows
 */
export function tableOf(titles, rows) {
  const texts = [titles, ...rows].map((row) => row.map(short));
  const widths = titles.map((_, index) => Math.max(...texts.map((row) => row[index].length)));
  return texts
    .map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index])).join("  ")}`.trimEnd())
    .join("\n");
}

function short(value) {
  const text = value === undefined || value === null ? "" : String(value);
  return text.length <= WIDEST ? text : `${text.slice(0, WIDEST - 1)}…`;
}
