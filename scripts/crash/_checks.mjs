/** The table of a suite: a line for each check, with its figure, its target and whether it held. */

/**
 * @typedef {number | string} Figure
 * @typedef {object} Check
 * @property {string} name
 * @property {readonly Figure[]} figures One for each column.
 * @property {string} [target] Nothing where a figure is only told.
 * @property {boolean} [held] Of the first column. @defaultValue true
 */

/**
 * Prints the table, or JSON, and gives what did not hold.
 *
 * @param {{ title: string, facts: Record<string, unknown>, columns: readonly string[], checks: readonly Check[],
 *   violations?: readonly string[], asJson: boolean }} report
 * @returns {number} The exit code.
 */
export function printChecks({ title, facts, columns, checks, violations = [], asJson }) {
  const broken = [
    ...checks.flatMap(({ name, held = true, figures: [figure], target }) =>
      held ? [] : [`${name}: ${figure}, and should be ${target}`],
    ),
    ...violations,
  ];
  if (asJson)
    process.stdout.write(`${JSON.stringify({ title, ...facts, columns, checks, violations: broken })}\n`);
  else process.stdout.write(toTable({ title, facts, columns, checks }));
  for (const violation of broken) process.stderr.write(`Violated: ${violation}.\n`);
  return broken.length > 0 ? 1 : 0;
}

/**
 * @param {{ title: string, facts: Record<string, unknown>, columns: readonly string[], checks: readonly Check[] }} report
 */
function toTable({ title, facts, columns, checks }) {
  const told = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  const rows = [
    ["", ...columns, "target", ""],
    ...checks.map(({ name, figures, target, held = true }) => [
      name,
      ...columns.map((_, column) => toText(figures[column])),
      target ?? "",
      target === undefined ? "" : held ? "held" : "BROKEN",
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${[`${title} · ${told.join(" · ")}`, ...lines].join("\n")}\n`;
}

/** @param {Figure | undefined} figure */
const toText = (figure = "") => (typeof figure === "number" ? figure.toLocaleString("en-US") : figure);
