import type { Io } from "../io.js";
import { formatUsd } from "../render/format-usd.js";
import { formatDuration } from "../render/progress-line.js";
import { enginesInWords } from "../render/report.js";
import type { ReportLead, ServedReport } from "../render/report-data.js";
import { costInWords, errorsInWords } from "../render/served-section.js";
import { type Column, renderTable } from "../render/table.js";
import type { QualifiedRow, RejectedRow } from "./qualified-row.js";
import type { PassSummary, Tally } from "./tally.js";

/** Width of a table where no terminal tells one. */
const DEFAULT_WIDTH = 140;

/** One row as a line of JSON. */
export function rowAsJson(row: QualifiedRow | RejectedRow, simulated = false): string {
  if (row.status === "rejected") return JSON.stringify({ type: "rejected", ...row });
  const { result, company, took, ...lead } = row;
  const { name, domain, country } = company;
  return JSON.stringify({
    type: "lead",
    ...lead,
    reused: took === undefined,
    ...(simulated ? { simulated } : {}),
    name,
    domain,
    country,
    ...result,
  });
}

/** The ranked table. */
export function rankedTable(tally: Tally, top: number, width = DEFAULT_WIDTH): string {
  const rows = tally.best.slice(0, top).map((lead, index) => ({ ...lead, rank: index + 1 }));
  const columns: Column<ReportLead & { readonly rank: number }>[] = [
    { title: "#", align: "right", cell: (lead) => String(lead.rank) },
    { title: "Score", align: "right", cell: (lead) => String(lead.score) },
    { title: "Tier", cell: (lead) => lead.tier },
    { title: "Company", cell: (lead) => shorten(lead.name, 28) },
    { title: "Where", cell: (lead) => lead.country },
    { title: "Next", cell: (lead) => lead.nextAction.split(":")[0] ?? "" },
    ...(tally.served.report() === undefined
      ? []
      : [{ title: "Served by", cell: (lead: ReportLead) => lead.engine } as const]),
    { title: "Evidence", grows: true, cell: (lead) => lead.reasons.slice(0, 3).join(" · ") },
  ];
  return renderTable(columns, rows, width);
}

/** Which model served what, as a table; nothing when one model answered everything, which the summary tells. */
export function servedInWords(served: ServedReport | undefined, width = DEFAULT_WIDTH): string {
  if (!served || (served.models.length === 1 && served.models[0]?.breaker === undefined)) return "";
  const number = (value: number) => value.toLocaleString("en");
  const table = renderTable(
    [
      { title: "Who served what", cell: (row) => row.model },
      { title: "Tries", align: "right", cell: (row) => number(row.attempts) },
      { title: "Answered", align: "right", cell: (row) => number(row.completed) },
      { title: "Failed", align: "right", cell: (row) => number(row.failed) },
      { title: "Aborted", align: "right", cell: (row) => number(row.aborted) },
      { title: "Tokens in", align: "right", cell: (row) => number(row.inputTokens) },
      { title: "out", align: "right", cell: (row) => number(row.outputTokens) },
      {
        title: "Cost",
        align: "right",
        cell: (row) => costInWords({ ...row, estimated: row.estimatedUsd > 0 }),
      },
      { title: "Breaker", cell: (row) => row.breaker ?? "" },
      { title: "Why tries failed", grows: true, cell: errorsInWords },
    ],
    served.models,
    width,
  );
  const estimated = served.models.some(({ estimatedUsd }) => estimatedUsd > 0);
  const note = "~ is in part an estimate: of tries that broke off, vendors don't tell the usage.";
  return `${table}\n${estimated ? `${note}\n` : ""}\n`;
}

/** The pass in two lines. */
export function summaryInWords(summary: PassSummary, latencyMs: number): string {
  const { rows, imported, duplicates, rejected, resumed, scored, reused, costUsd } = summary;
  const cost = costUsd === undefined ? "unknown (a price is missing)" : formatUsd(costUsd);
  const rejects = rejected === 1 ? "1 rejected" : `${rejected} rejected`;
  const earlier = resumed > 0 ? ` ${resumed} of the leads are from the run that was interrupted.` : "";
  const kept = reused > 0 ? `, ${reused} of them stored results` : "";
  return [
    `${rows} rows: ${imported} new, ${duplicates} duplicates, ${rejects}.${earlier}`,
    `${scored} leads scored${kept} in ${formatDuration(latencyMs)}. ${enginesInWords(summary)}. ${callsInWords(summary)}Model cost: ${cost}.`,
  ].join("\n");
}

function callsInWords({ modelCalls, inputTokens, outputTokens }: PassSummary): string {
  if (modelCalls === 0) return "";
  return `${modelCalls} model calls, ${inputTokens} tokens in, ${outputTokens} out. `;
}

/** Says on the side what kept a model out. */
export function warnDegraded({ degraded, scored }: PassSummary, io: Io): void {
  for (const [code, count] of Object.entries(degraded)) {
    io.stderr.write(
      `The model could not be used for ${count} of ${scored} leads (${code}); the rules scored them.\n`,
    );
  }
}

function shorten(text: string, chars: number): string {
  const letters = [...text];
  return letters.length <= chars ? text : `${letters.slice(0, chars - 1).join("")}…`;
}
