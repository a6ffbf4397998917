import type { RunTrace } from "@salesagent/client";
import { badge } from "../badge.js";
import { type Child, h } from "../element.js";
import { formatDuration, formatUsd } from "../figures.js";
import { jsonView, unfolds } from "../json-view.js";
import { type Column, plainTable } from "../table.js";
import { toWaterfall, type WaterfallRow } from "../waterfall-rows.js";

/** What a run did, and when: a bar for each step and each attempt at a model. */
export function waterfall(trace: RunTrace): HTMLElement {
  const { rows, totalMs, truncated } = toWaterfall(trace, Date.now());
  if (rows.length === 0) {
    return h("p", { class: "empty" }, "Nothing is on record yet. It comes when the run ends or waits.");
  }
  const columns: readonly Column<WaterfallRow>[] = [
    { title: "Step", cell: nameOf },
    { title: "Outcome", cell: ({ outcome }) => badge(outcome) },
    { title: "Cost", isFigure: true, cell: costOf },
    { title: "Took", isFigure: true, cell: ({ latencyMs }) => formatDuration(latencyMs) },
    { title: "When", cell: (row) => bar(row, totalMs) },
  ];
  return h(
    "div",
    { class: "waterfall" },
    plainTable("Steps and attempts in their order", columns, rows),
    h("p", { class: "quiet" }, `All of it took ${formatDuration(totalMs)}.`),
    truncated && h("p", { class: "quiet" }, "It did more than is shown here."),
  );
}

function nameOf({ depth, kind, name, note, input, output }: WaterfallRow): Child {
  const detail =
    (input !== undefined || output !== undefined) &&
    unfolds("In and out", () => [h("h4", {}, "In"), jsonView(input), h("h4", {}, "Out"), jsonView(output)]);
  return h(
    "div",
    { class: `depth-${depth}` },
    h("span", { class: "quiet" }, `${kind} `),
    h("span", { class: "strong" }, name),
    note !== "" && h("div", { class: "quiet" }, note),
    detail,
  );
}

function costOf({ costUsd, isUnpriced }: WaterfallRow): string {
  return costUsd === undefined && !isUnpriced ? "" : formatUsd(costUsd);
}

function bar({ offsetMs, latencyMs, outcome }: WaterfallRow, totalMs: number): HTMLElement {
  const part = (lengthMs: number) => `${(Math.min(1, lengthMs / totalMs) * 100).toFixed(2)}%`;
  const filled = h("div", { class: `bar ${outcome}` });
  filled.style.marginInlineStart = part(Math.min(offsetMs, totalMs * 0.995));
  filled.style.width = part(latencyMs);
  const words = `after ${formatDuration(offsetMs)}`;
  return h("div", { class: "lane" }, h("span", { class: "unseen" }, words), filled);
}
