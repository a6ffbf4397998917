import { type DrillRow, type DrillScenario, passes } from "@salesagent/sandbox/drill";
import { renderTable } from "../render/table.js";

/** What all rows come to. */
export interface DrillSummary {
  readonly subject: string;
  readonly passed: number;
  readonly total: number;
  readonly calls: number;
  readonly answered: number;
}

export function summaryOf(subject: string, rows: readonly DrillRow[]): DrillSummary {
  const sum = (count: (row: DrillRow) => number) => rows.reduce((total, row) => total + count(row), 0);
  return {
    subject,
    passed: rows.filter(passes).length,
    total: rows.length,
    calls: sum((row) => row.calls),
    answered: sum((row) => row.answered),
  };
}

/** The rows as a table, what failed in full below it, and the total. */
export function drillInWords(subject: string, rows: readonly DrillRow[], width: number): string {
  const table = renderTable(
    [
      { title: "", align: "right", cell: (row) => String(row.id) },
      { title: "Fault", cell: (row) => row.title },
      { title: "", cell: (row) => mark(row.caller) },
      { title: "Caller", grows: true, cell: (row) => row.callerNote },
      { title: "", cell: (row) => mark(row.provider) },
      { title: "Requests", cell: ({ requests }) => `${requests.primary} + ${requests.fallback}` },
      { title: "ms", align: "right", cell: (row) => String(row.elapsedMs) },
    ],
    rows,
    width,
  );
  const { passed, total, calls, answered } = summaryOf(subject, rows);
  const count = `${subject}: ${passed} of ${total} passed; ${answered} of ${calls} calls got an answer.`;
  return [table, "", ...failuresOf(rows), count, ""].join("\n");
}

function failuresOf(rows: readonly DrillRow[]): readonly string[] {
  const lines = rows.flatMap(({ id, title, caller, callerNote, provider, providerNote }) => [
    ...(caller === "fail" ? [`✗ ${id} ${title}, caller: ${callerNote}`] : []),
    ...(provider === "fail" ? [`✗ ${id} ${title}, vendors: ${providerNote}`] : []),
  ]);
  return lines.length > 0 ? [...lines, ""] : [];
}

/** What the scenarios do, one a line. */
export function scenariosInWords(scenarios: readonly DrillScenario[], width: number): string {
  return `${renderTable(
    [
      { title: "", align: "right", cell: ({ id }) => String(id) },
      { title: "Fault", cell: ({ title }) => title },
      { title: "What is simulated", grows: true, cell: ({ simulates }) => simulates },
    ],
    scenarios,
    width,
  )}\n`;
}

const mark = (verdict: "pass" | "fail") => (verdict === "pass" ? "✓" : "✗");
