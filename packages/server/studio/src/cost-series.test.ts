import { expect, it } from "vitest";
import { costSeries } from "./cost-series.js";

const days = ["2026-01-01", "2026-01-02"];
const row = (day: string, name: string, costUsd: number) => ({ day, name, costUsd });

it("sums by day and name, the dearest first, with a value for every day", () => {
  const rows = [
    row("2026-01-01", "a", 1),
    row("2026-01-01", "a", 2),
    row("2026-01-02", "b", 5),
    row("2025-12-31", "a", 9),
  ];
  expect(costSeries(rows, days)).toEqual([
    { name: "b", costUsd: [0, 5], totalUsd: 5 },
    { name: "a", costUsd: [3, 0], totalUsd: 3 },
  ]);
});

it("puts what is beyond six into one, and loses nothing", () => {
  const rows = Array.from({ length: 9 }, (_, index) => row("2026-01-02", `m${index}`, index + 1));
  const series = costSeries(rows, days);
  expect(series.map(({ name }) => name)).toEqual(["m8", "m7", "m6", "m5", "m4", "others"]);
  expect(series.reduce((sum, { totalUsd }) => sum + totalUsd, 0)).toBe(45);
});
