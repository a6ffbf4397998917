import { chartScale, labelEvery, stackParts } from "./chart-scale.js";
import type { Series } from "./cost-series.js";
import { h, svg } from "./element.js";
import { formatUsd } from "./figures.js";

/** Of the drawing, in its own units; on a narrow page it is drawn narrower, and its texts stay as large. */
const WIDE = { width: 720, height: 240, left: 56, right: 8, top: 12, bottom: 26 } as const;
const NARROW = { ...WIDE, width: 340, height: 220 } as const;
const NARROW_PAGE_PX = 600;
const LABEL_WIDTH = 80;

/** Bars by day, stacked. Whoever does not see them hears the sum, and reads the table below. */
export function costChart(days: readonly string[], series: readonly Series[]): HTMLElement {
  const box = innerWidth < NARROW_PAGE_PX ? NARROW : WIDE;
  const sums = days.map((_, day) => series.reduce((sum, { costUsd }) => sum + (costUsd[day] ?? 0), 0));
  const { top, ticks } = chartScale(Math.max(0, ...sums));
  const heightOf = (value: number) => (value / top) * (box.height - box.top - box.bottom);
  const y = (value: number) => box.height - box.bottom - heightOf(value);
  const step = (box.width - box.left - box.right) / Math.max(1, days.length);
  const gap = Math.min(6, step * 0.2);

  const lines = ticks.map((tick) => [
    svg("line", { class: "grid", x1: box.left, x2: box.width - box.right, y1: y(tick), y2: y(tick) }),
    svg("text", { x: box.left - 6, y: y(tick) + 4, "text-anchor": "end" }, formatUsd(tick)),
  ]);
  const hasLabel = labelEvery(days.length, Math.floor((box.width - box.left) / LABEL_WIDTH));
  const bars = days.map((day, index) => {
    const x = box.left + index * step;
    const parts = stackParts(series.map(({ costUsd }) => costUsd[index] ?? 0)).map(
      ({ series: place, from, to }) => {
        const about = svg("title", {}, `${day}, ${series[place]?.name ?? ""}: ${formatUsd(to - from)}`);
        const size = { width: Math.max(1, step - gap), height: Math.max(0.5, heightOf(to - from)) };
        return svg("rect", { class: `series-${place}`, x: x + gap / 2, y: y(to), ...size }, about);
      },
    );
    const label = svg("text", { x: x + step / 2, y: box.height - 8, "text-anchor": "middle" }, day.slice(5));
    return [parts, hasLabel(index) && label];
  });
  const total = series.reduce((sum, { totalUsd }) => sum + totalUsd, 0);
  const words = `Cost by day, ${days[0]} to ${days.at(-1)}: ${formatUsd(total)} in all. The table below has the figures.`;
  return h(
    "figure",
    {},
    svg("svg", { viewBox: `0 0 ${box.width} ${box.height}`, role: "img", "aria-label": words }, lines, bars),
    h(
      "ul",
      { class: "legend" },
      series.map(({ name, totalUsd }, place) =>
        h(
          "li",
          {},
          h("span", { class: `swatch series-${place}`, "aria-hidden": "true" }),
          `${name} ${formatUsd(totalUsd)}`,
        ),
      ),
    ),
  );
}
