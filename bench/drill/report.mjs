import { callerWord, LEGEND, providerWord, versionsInWords } from "./drilled.mjs";

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6575; --line: #d9dee7; --paper: #fff; --tint: #f4f6fa;
  --good: #12744a; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ebf2; --soft: #a2adbd; --line: #343c4a; --paper: #141820;
  --tint: #1c222c; --good: #5ac992; --bad: #f28b82; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 80rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p.lead, footer { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .6rem; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 500; } tfoot td { font-weight: 700; background: var(--tint); }
td small { display: block; color: var(--soft); max-width: 22rem; }
.pass { color: var(--good); } .fail { color: var(--bad); }
`;

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** @param {string} text */
const escapeHtml = (text) => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/**
 * The drill as one HTML file that needs nothing else.
 *
 * @param {readonly import("./drilled.mjs").Drilled[]} subjects
 * @param {string} createdAt
 */
export function drillReport(subjects, createdAt) {
  const heads = subjects.map(({ subject }) => `<th scope="col">${escapeHtml(subject)}</th>`).join("");
  const rows = (subjects[0]?.rows ?? []).map(
    ({ id, title }) =>
      `<tr><th scope="row">${id} ${escapeHtml(title)}</th>${subjects.map(({ rows: all }) => cell(all.find((row) => row.id === id))).join("")}</tr>`,
  );
  const totals = subjects.map(
    ({ passed, total, answered, calls }) =>
      `<td>${passed} of ${total}<small>${answered} of ${calls} calls got an answer</small></td>`,
  );
  const notes = subjects.map(
    (each) =>
      `<li><b>${escapeHtml(each.subject)}</b> (${escapeHtml(versionsInWords(each))}): ${escapeHtml(each.note)}.</li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Sixteen faults of vendors</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Sixteen faults of vendors</h1>
<p class="lead">${escapeHtml(LEGEND)} All vendors are simulated on one machine.</p>
<div class="wide"><table>
<thead><tr><th scope="col">Fault</th>${heads}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
<tfoot><tr><td>Passed from both sides</td>${totals.join("")}</tr></tfoot>
</table></div>
<h2>How each was set up</h2>
<ul>
${notes.join("\n")}
</ul>
<footer>Made ${escapeHtml(createdAt)} by \`npm run drill\`.</footer>
</main>
</body>
</html>
`;
}

/** @param {import("./drilled.mjs").Row | undefined} row */
function cell(row) {
  if (row === undefined) return "<td></td>";
  return `<td><span class="${row.caller}">${callerWord(row)}</span><small>${escapeHtml(row.callerNote)}</small>
<span class="${row.provider}">${providerWord(row)} requests</span>${row.provider === "fail" ? `<small>${escapeHtml(row.providerNote)}</small>` : ""}</td>`;
}
