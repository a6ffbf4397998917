import { formatUsd } from "../render/format-usd.js";
import { formatDuration } from "../render/progress-line.js";
import { plainCell, renderTable } from "../render/table.js";
import { tokens } from "../render/tokens.js";
import type { ExplainedCandidate, Explanation } from "./explain.js";
import type { RouteOptions } from "./route-options.js";

const WIDTH = 140;

/** A decision as a table, with what it rests on below it. */
export function routeInWords(explanation: Explanation, options: RouteOptions, width = WIDTH): string {
  const { candidates } = explanation;
  const ranked = candidates.filter(({ rank }) => rank !== undefined);
  const passedOver = candidates.filter(({ rank }) => rank === undefined);
  return [
    headline(explanation, ranked[0]),
    "",
    ...(ranked.length > 0 ? [rankedTable(ranked, width), ""] : []),
    ...(passedOver.length > 0 ? [passedOverTable(passedOver, width), ""] : []),
    ...notes(explanation, options, ranked),
    "",
  ].join("\n");
}

function headline(
  { policy, task, inputTokens, maxOutputTokens }: Explanation,
  first: ExplainedCandidate | undefined,
): string {
  const request = `about ${count(inputTokens)} tokens in${maxOutputTokens === undefined ? "" : `, ${count(maxOutputTokens)} out at most`}`;
  const what = `policy ${policy}${task === undefined ? "" : `, task ${plainCell(task)}`}; ${request}`;
  return first === undefined
    ? `No candidate may take this request (${what}).`
    : `${first.id} would be asked first (${what}). Nothing was called.`;
}

function rankedTable(ranked: readonly ExplainedCandidate[], width: number): string {
  return renderTable(
    [
      { title: "#", align: "right", cell: (row) => String(row.rank) },
      { title: "Model", cell: (row) => row.id },
      { title: "Score", align: "right", cell: (row) => (row.score ?? 0).toPrecision(3) },
      {
        title: "Cost",
        align: "right",
        cell: ({ facts }) => (facts.costUsd === undefined ? "unknown" : formatUsd(facts.costUsd)),
      },
      { title: "Takes", align: "right", cell: takes },
      { title: "Breaker", cell: ({ facts }) => facts.breaker },
      { title: "Context", align: "right", cell: ({ contextTokens }) => tokens(contextTokens) },
      { title: "Where", cell: ({ locality }) => locality },
      { title: "Key", grows: true, cell: keyInWords },
    ],
    ranked,
    width,
  );
}

function passedOverTable(passedOver: readonly ExplainedCandidate[], width: number): string {
  return renderTable(
    [
      { title: "Passed over", cell: (row) => row.id },
      { title: "Why", grows: true, cell: (row) => (row.passedOver ?? []).join("; ") },
    ],
    passedOver,
    width,
  );
}

function notes(
  { candidates }: Explanation,
  { by, policy, image }: RouteOptions,
  ranked: readonly ExplainedCandidate[],
): readonly string[] {
  const lines: string[] = [];
  if (by === "none") {
    lines.push("No vendor's key is set: this is one model of each, at list prices. --models names others.");
  }
  if (by === "keys") lines.push("One model of each vendor whose key is set; --models names others.");
  const days = candidates.flatMap(({ priceAsOf }) => priceAsOf ?? []).sort();
  const [oldest, newest] = [days[0], days[days.length - 1]];
  if (oldest !== undefined) {
    lines.push(
      `Costs are of this request with an answer of usual length, at prices read ${oldest === newest ? `on ${oldest}` : `from ${oldest} to ${newest}`}.`,
    );
  }
  if (ranked.length > 0 && ranked.every(({ facts }) => facts.firstTokenMs === undefined)) {
    const tie =
      policy === "fastest" || policy === "best" ? " The order of --models decides between equals." : "";
    lines.push(
      `Nothing is measured before the first call: all are expected to be equally quick, until a running router has seen them.${tie}`,
    );
  }
  if (image) lines.push("An image's tokens are not in the estimate.");
  return lines;
}

function takes({ expectedMs, facts }: ExplainedCandidate): string {
  if (expectedMs === undefined) return "?";
  return `${facts.firstTokenMs === undefined ? "~" : ""}${formatDuration(expectedMs)}`;
}

function keyInWords({ key }: ExplainedCandidate): string {
  if (!key) return "none needed";
  return key.set ? "set" : `${key.variable} is not set`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
