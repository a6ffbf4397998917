// The steps of a run as a table.
const WIDEST = 44;
const columns = [
  ["step", ({ node }) => node],
  ["kind", ({ kind }) => kind],
  ["came to", ({ outcome, status }) => outcome ?? status],
  ["tries", ({ attempts = "" }) => String(attempts)],
  ["input", ({ input }) => short(input)],
  ["output", ({ output, error }) => short(error?.message ?? output)],
];

/** @param {readonly import("@salesagent/core/workflow").WorkflowLogEntry[]} steps */
export function tableOf(steps) {
  const rows = [
    columns.map(([title]) => title),
    ...steps.map((step) => columns.map(([, cell]) => cell(step))),
  ];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index].length)));
  return rows
    .map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index])).join("  ")}`.trimEnd())
    .join("\n");
}

function short(text = "") {
  const line = text.replace(/\s+/g, " ");
  return line.length <= WIDEST ? line : `${line.slice(0, WIDEST - 1)}…`;
}
