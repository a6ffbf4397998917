/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Takes what is left of the width; at most one column. */
  readonly grows?: boolean;
  readonly cell: (row: Row) => string;
}

/** Control characters could move the cursor or change colours: a cell is data. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Text that fits a cell: on one line, without control characters. */
export function plainCell(text: string): string {
  return text.replace(CONTROL, " ");
}

/** A table as text, no wider than `width` characters where a growing column allows it. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): string {
  const cells = rows.map((row) => columns.map((column) => plainCell(column.cell(row))));
  const widths = columns.map((column, index) =>
    Math.max(visibleWidth(column.title), ...cells.map((row) => visibleWidth(row[index] ?? ""))),
  );
  const growing = columns.findIndex((column) => column.grows);
  const total = widths.reduce((sum, one) => sum + one + 2, -2);
  if (growing !== -1 && total > width) {
    widths[growing] = Math.max(12, (widths[growing] ?? 0) - (total - width));
  }
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => pad(text, widths[index] ?? 0, columns[index]?.align ?? "left"))
      .join("  ")
      .trimEnd();
  const rule = widths.map((one) => "─".repeat(one)).join("  ");
  return [line(columns.map((column) => column.title)), rule, ...cells.map(line)].join("\n");
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const fitted = visibleWidth(text) > width ? `${truncate(text, width - 1)}…` : text;
  const space = " ".repeat(Math.max(0, width - visibleWidth(fitted)));
  return align === "right" ? space + fitted : fitted + space;
}

/** Columns that a text takes on a terminal; wide East Asian characters and emoji take two. */
function visibleWidth(text: string): number {
  let width = 0;
  for (const char of text) width += widthOf(char);
  return width;
}

function truncate(text: string, width: number): string {
  let used = 0;
  let result = "";
  for (const char of text) {
    used += widthOf(char);
    if (used > width) break;
    result += char;
  }
  return result;
}

function widthOf(char: string): number {
  if (/\p{Mark}/u.test(char)) return 0;
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
    char,
  )
    ? 2
    : 1;
}
