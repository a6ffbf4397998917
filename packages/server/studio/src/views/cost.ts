import type { Analytics, Usage, UsageSums } from "@salesagent/client";
import { type AgentFigures, agentFigures } from "../agent-figures.js";
import { costChart } from "../cost-chart.js";
import { costSeries } from "../cost-series.js";
import { type Child, h } from "../element.js";
import { loaded } from "../error-box.js";
import { choice, labelled } from "../field.js";
import { formatCount, formatDuration, formatNumberOf, formatShare, formatUsd } from "../figures.js";
import { unfolds } from "../json-view.js";
import { toHash } from "../place.js";
import { plainTable } from "../table.js";
import { lastDays } from "../times.js";
import type { View } from "../view-context.js";

const SPANS = [
  ["7", "7 days"],
  ["30", "30 days"],
  ["90", "90 days"],
] as const;
const WAYS = [
  ["agent", "Agent"],
  ["model", "Model"],
] as const;

interface Figures {
  readonly usage: Usage["items"];
  readonly stats: Analytics["items"];
}

/** What models cost over time, and how runs did. */
export const costView: View = (context) => {
  const { client, place, signal, go } = context;
  const { days: span = "30", by = "agent" } = place.query;
  const count = SPANS.some(([value]) => value === span) ? Number(span) : 30;
  const days = lastDays(count, Date.now());
  const range = { from: days[0] ?? "", until: days.at(-1) ?? "", signal };
  const move = (query: object) => go(toHash("cost", undefined, { days: span, by, ...query }));
  const read = async (): Promise<Figures> => {
    const [usage, stats] = await Promise.all([client.usage(range), client.analytics(range)]);
    return { usage: usage.items, stats: stats.items };
  };
  return h(
    "div",
    {},
    h(
      "div",
      { class: "filters" },
      labelled(
        "Time",
        choice(SPANS, span, (value) => move({ days: value })),
      ),
      labelled(
        "By",
        choice(WAYS, by, (value) => move({ by: value })),
      ),
    ),
    loaded(context, read, (figures) =>
      h("div", {}, costs(figures, days, by === "model" ? "model" : "agent"), runs(figures)),
    ),
  );
};

function costs({ usage }: Figures, days: readonly string[], by: "agent" | "model"): Child {
  if (usage.length === 0) {
    return h(
      "p",
      { class: "empty" },
      "No model was called in this time. Costs stand here as soon as an agent has run.",
    );
  }
  const rows = usage.map((row) => ({
    day: row.day ?? "",
    name: by === "agent" ? agentName(row) : `${row.provider}/${row.model}`,
    costUsd: row.costUsd,
  }));
  const series = costSeries(rows, days);
  const sum = (name: keyof UsageSums) => usage.reduce((total, row) => total + row[name], 0);
  const unpriced = sum("unpricedCalls");
  return [
    h(
      "dl",
      { class: "cards" },
      card("Cost", formatUsd(series.reduce((total, { totalUsd }) => total + totalUsd, 0))),
      card("Calls", formatCount(sum("calls"))),
      card("Failed", formatCount(sum("failedCalls"))),
      card("Tokens in", formatCount(sum("inputTokens"))),
      card("Tokens out", formatCount(sum("outputTokens"))),
    ),
    unpriced > 0 &&
      h(
        "p",
        { class: "notice" },
        `The price of ${formatNumberOf(unpriced, "call")} is not known: they are not in the cost.`,
      ),
    costChart(days, series),
    unfolds("The same as a table", () => costTable(days, series)),
  ];
}

function costTable(days: readonly string[], series: ReturnType<typeof costSeries>): HTMLElement {
  const rows = days.map((day, index) => ({ day, costs: series.map(({ costUsd }) => costUsd[index] ?? 0) }));
  return plainTable(
    "Cost by day",
    [
      { title: "Day", cell: ({ day }) => day },
      ...series.map(({ name }, place) => ({
        ...{ title: name, isFigure: true },
        cell: (row: (typeof rows)[number]) => formatUsd(row.costs[place]),
      })),
    ],
    rows.filter((row) => row.costs.some((cost) => cost > 0)),
  );
}

function runs({ stats }: Figures): Child {
  if (stats.length === 0) return undefined;
  return h(
    "section",
    {},
    h("h2", {}, "Runs by agent"),
    plainTable<AgentFigures>(
      "Runs by agent",
      [
        { title: "Agent", cell: ({ agent }) => agent },
        { title: "Runs", isFigure: true, cell: (row) => formatCount(row.runs) },
        {
          title: "Failed",
          isFigure: true,
          cell: ({ failed, ended }) =>
            `${formatCount(failed)} (${formatShare(ended > 0 ? failed / ended : 0)})`,
        },
        { title: "Half within", isFigure: true, cell: ({ p50Ms }) => formatDuration(p50Ms) },
        { title: "95 % within", isFigure: true, cell: ({ p95Ms }) => formatDuration(p95Ms) },
        { title: "Cost", isFigure: true, cell: ({ costUsd }) => formatUsd(costUsd) },
      ],
      agentFigures(stats),
    ),
    h("p", { class: "quiet" }, "Times are those of the slowest day."),
  );
}

function agentName({ agent = "-" }: Usage["items"][number]): string {
  return agent === "-" ? "no agent" : agent;
}

const card = (name: string, value: string): HTMLElement =>
  h("div", {}, h("dt", {}, name), h("dd", {}, value));
