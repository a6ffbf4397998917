import { escapeHtml } from "./escape-html.js";
import { formatUsd } from "./format-usd.js";
import type { ReportCriterion, ReportData, ReportLead } from "./report-data.js";
import { REPORT_STYLE } from "./report-style.js";
import { attemptsTable, servedSection } from "./served-section.js";

/** Shows only the leads whose text holds what is typed. */
const FILTER_SCRIPT = `
const field = document.getElementById("filter");
const leads = [...document.querySelectorAll("details")];
field.addEventListener("input", () => {
  const wanted = field.value.trim().toLowerCase();
  for (const lead of leads) lead.hidden = wanted !== "" && !lead.textContent.toLowerCase().includes(wanted);
});
`;

/** The report as one HTML file that needs nothing else. */
export function renderReport(data: ReportData): string {
  const title = `Qualified leads: ${data.source}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="lead">Profile: ${escapeHtml(data.profile)}. ${escapeHtml(enginesInWords(data))}</p>
${simulatedNote(data)}${facts(data)}
${servedSection(data.served)}
<h2>Scores</h2>
${histogram(data.histogram)}
<h2>Leads, best first</h2>
${shownNote(data)}
<label>Filter <input id="filter" type="search" placeholder="name, country, tier, evidence"></label>
${data.leads.map(leadDetails).join("\n")}
<footer>Made ${escapeHtml(data.createdAt)} by salesagent.</footer>
</main>
<script>${FILTER_SCRIPT}</script>
</body>
</html>
`;
}

/** Which engines scored the leads, such as `engine: rules (60)`. */
export function enginesInWords(data: Pick<ReportData, "engines">): string {
  const list = Object.entries(data.engines).map(([engine, count]) => `${engine} (${count})`);
  return `engine: ${list.join(", ") || "none"}`;
}

function simulatedNote({ simulated = false }: ReportData): string {
  if (!simulated) return "";
  return `<p class="simulated">A rehearsal: the models' answers are simulated. Scores are the rules' own; costs are what these tokens would cost at list prices.</p>\n`;
}

function facts(data: ReportData): string {
  const entries: [string, string][] = [
    ["Rows", String(data.rows)],
    ["New leads", String(data.imported)],
    ["Duplicates", String(data.duplicates)],
    ["Rejected rows", String(data.rejected)],
    ["Scored", String(data.scored)],
    ...data.tiers.map(({ name, count }): [string, string] => [`Tier ${name}`, String(count)]),
    ["Model cost", data.costUsd === undefined ? "unknown" : formatUsd(data.costUsd)],
  ];
  const cells = entries.map(
    ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="facts">${cells.join("")}</dl>`;
}

const CHART = { width: 680, height: 160, base: 130, left: 10 } as const;

function histogram(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  const step = (CHART.width - 2 * CHART.left) / counts.length;
  const bars = counts.map((count, index) => {
    const height = (count / most) * (CHART.base - 24);
    const x = CHART.left + index * step;
    const middle = (x + step / 2).toFixed(1);
    const label = index === counts.length - 1 ? "90–100" : `${index * 10}–${index * 10 + 9}`;
    return (
      `<rect x="${(x + 3).toFixed(1)}" y="${(CHART.base - height).toFixed(1)}" width="${(step - 6).toFixed(1)}" height="${height.toFixed(1)}" rx="2"/>` +
      `<text x="${middle}" y="${(CHART.base - height - 5).toFixed(1)}" text-anchor="middle">${count}</text>` +
      `<text x="${middle}" y="${CHART.base + 16}" text-anchor="middle">${label}</text>`
    );
  });
  const words = counts.map((count, index) => `${index * 10}s: ${count}`).join(", ");
  return `<figure><svg viewBox="0 0 ${CHART.width} ${CHART.height}" role="img" aria-label="Leads by score. ${words}">${bars.join("")}</svg></figure>`;
}

function shownNote(data: ReportData): string {
  if (data.leads.length === data.scored) return "";
  return `<p class="lead">The best ${data.leads.length} of ${data.scored} are shown; <code>--report-limit</code> shows more.</p>`;
}

function leadDetails(lead: ReportLead, index: number): string {
  const where = [lead.domain, lead.country].filter((text) => text !== "").join(" · ");
  return `<details><summary><span class="rank">${index + 1}</span><span class="score">${lead.score}</span><span>${escapeHtml(lead.tier)}</span><span>${escapeHtml(lead.name)}</span><span class="where">${escapeHtml(where)}</span></summary>
<div class="body">
<p>${escapeHtml(lead.nextAction)}</p>
${list("Reasons", lead.reasons)}
<table><thead><tr><th>Criterion</th><th>Outcome</th><th>Points</th><th>Evidence</th></tr></thead><tbody>${lead.criteria.map(criterionRow).join("")}</tbody></table>
${list("Not known", lead.missing)}
${attemptsTable(lead.attempts)}
<p class="unknown">engine: ${escapeHtml(lead.engine)}, confidence ${Math.round(lead.confidence * 100)} %</p>
</div></details>`;
}

function criterionRow(criterion: ReportCriterion): string {
  const { label, outcome, points, maxPoints, evidence } = criterion;
  return `<tr><td>${escapeHtml(label)}</td><td class="${escapeHtml(outcome)}">${escapeHtml(outcome)}</td><td class="points">${format(points)} / ${format(maxPoints)}</td><td>${escapeHtml(evidence)}</td></tr>`;
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  return `<p>${escapeHtml(title)}:</p><ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join("")}</ul>`;
}

function format(points: number): string {
  return Number.isInteger(points) ? String(points) : points.toFixed(1);
}
