import { escapeHtml } from "./escape-html.js";
import { formatUsd } from "./format-usd.js";
import type { ReportAttempt, ServedModel, ServedReport } from "./report-data.js";

const CHART = { width: 960, lane: 26, left: 4, labels: 18 } as const;

/** Which model served what: a table, and a timeline with a lane for each model. */
export function servedSection(served: ServedReport | undefined): string {
  if (!served) return "";
  const rows = served.models.map(modelRow).join("");
  return `<h2>Who served what</h2>
<div class="wide"><table><thead><tr><th>Model</th><th>Tries</th><th>Answered</th><th>Failed</th><th>Aborted</th><th>Tokens in</th><th>Tokens out</th><th>Cost</th><th>Breaker</th><th>Why tries failed</th></tr></thead><tbody>${rows}</tbody></table></div>
${estimateNote(served)}
${timeline(served)}`;
}

/** Every try that one lead took. */
export function attemptsTable(attempts: readonly ReportAttempt[]): string {
  if (attempts.length === 0) return "";
  const rows = attempts.map(
    (attempt) =>
      `<tr><td>${escapeHtml(attempt.model)}</td><td>${escapeHtml(attempt.purpose)}</td><td class="${attempt.outcome}">${escapeHtml(outcomeInWords(attempt))}</td><td class="points">${attempt.inputTokens} + ${attempt.outputTokens}</td><td class="points">${costInWords(attempt)}</td><td class="points">${Math.round(attempt.latencyMs)} ms</td></tr>`,
  );
  return `<div class="wide"><table><thead><tr><th>Model asked</th><th>As</th><th>Outcome</th><th>Tokens</th><th>Cost</th><th>Took</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

/** A cost for people: `~` before one that is estimated, `unknown` without a price. */
export function costInWords({
  costUsd,
  estimated,
}: {
  readonly costUsd?: number;
  readonly estimated: boolean;
}): string {
  if (costUsd === undefined) return "unknown";
  return `${estimated && costUsd > 0 ? "~" : ""}${formatUsd(costUsd)}`;
}

/** Codes with how often each came, such as `model.stream_cut × 4`. */
export function errorsInWords({ errors }: Pick<ServedModel, "errors">): string {
  return Object.entries(errors)
    .map(([code, count]) => `${code} × ${count}`)
    .join(", ");
}

function outcomeInWords({ outcome, errorCode }: ReportAttempt): string {
  return outcome === "failed" && errorCode !== undefined ? `failed: ${errorCode}` : outcome;
}

function modelRow(served: ServedModel): string {
  const { model, attempts, completed, failed, aborted, inputTokens, outputTokens, estimatedUsd } = served;
  const counts = [attempts, completed, failed, aborted, inputTokens, outputTokens];
  const cost = costInWords({ ...served, estimated: estimatedUsd > 0 });
  return `<tr><td>${escapeHtml(model)}</td>${counts.map((count) => `<td class="points">${count.toLocaleString("en")}</td>`).join("")}<td class="points">${cost}</td><td>${escapeHtml(served.breaker ?? "")}</td><td>${escapeHtml(errorsInWords(served))}</td></tr>`;
}

function estimateNote({ models }: ServedReport): string {
  const estimatedUsd = models.reduce((sum, model) => sum + model.estimatedUsd, 0);
  if (estimatedUsd === 0) return "";
  return `<p class="lead">~ is in part an estimate: of tries that broke off, vendors don't tell the usage (${formatUsd(estimatedUsd)} in all).</p>`;
}

/** One lane a model, time from left to right; each try is a bar as long as it took. */
function timeline({ models, timeline: marks, omitted }: ServedReport): string {
  if (marks.length === 0) return "";
  let fromMs = Number.POSITIVE_INFINITY;
  let untilMs = 0;
  for (const { startedAtMs, latencyMs } of marks) {
    fromMs = Math.min(fromMs, startedAtMs);
    untilMs = Math.max(untilMs, startedAtMs + latencyMs);
  }
  const scale = (CHART.width - 2 * CHART.left) / Math.max(1, untilMs - fromMs);
  const lanes = new Map(models.map(({ model }, index) => [model, index * (CHART.lane + CHART.labels)]));
  const bars = marks.map(({ model, outcome, startedAtMs, latencyMs }) => {
    const x = CHART.left + (startedAtMs - fromMs) * scale;
    const y = CHART.labels + (lanes.get(model) ?? 0);
    return `<rect class="${outcome}" x="${x.toFixed(1)}" y="${y}" width="${Math.max(2, latencyMs * scale).toFixed(1)}" height="${CHART.lane - 6}"/>`;
  });
  const names = [...lanes].map(
    ([model, y]) => `<text x="${CHART.left}" y="${y + CHART.labels - 5}">${escapeHtml(model)}</text>`,
  );
  const height = models.length * (CHART.lane + CHART.labels) + 4;
  const words = models
    .map(({ model, completed, failed }) => `${model}: ${completed} answered, ${failed} failed`)
    .join("; ");
  const more = omitted > 0 ? `<p class="lead">${omitted} later tries are not drawn.</p>` : "";
  return `<figure class="timeline"><svg viewBox="0 0 ${CHART.width} ${height}" role="img" aria-label="Tries over time. ${escapeHtml(words)}">${names.join("")}${bars.join("")}</svg><figcaption>Tries over ${Math.round(untilMs - fromMs)} ms: <span class="completed">answered</span>, <span class="failed">failed</span>, <span class="aborted">aborted</span></figcaption></figure>${more}`;
}
