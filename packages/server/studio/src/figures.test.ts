import { describe, expect, it } from "vitest";
import { formatDuration, formatNumberOf, formatShare, formatUsd } from "./figures.js";

describe("formatUsd", () => {
  it.each([
    [0, "$0"],
    [0.0000051, "$0.0000051"],
    [0.00123, "$0.0012"],
    [0.0999, "$0.1"],
    [3.4, "$3.40"],
    [1204, "$1,204.00"],
    [-0.5, "$-0.50"],
    [undefined, "unknown"],
    [Number.NaN, "unknown"],
  ])("writes %s as %s", (costUsd, text) => expect(formatUsd(costUsd)).toBe(text));
});

describe("formatDuration", () => {
  it.each([
    [0, "0 ms"],
    [840.4, "840 ms"],
    [999.6, "1.0 s"],
    [12_400, "12.4 s"],
    [59_960, "1 min 0 s"],
    [200_000, "3 min 20 s"],
    [119_700, "2 min 0 s"],
    [7_500_000, "2 h 5 min"],
    [7 * 86_400_000 - 10_000, "7 days"],
    [undefined, "–"],
    [-1, "–"],
  ])("writes %s as %s", (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));
});

it("counts in words", () => {
  expect([
    formatNumberOf(1, "lead"),
    formatNumberOf(1_200, "lead"),
    formatNumberOf(0, "reply", "replies"),
  ]).toEqual(["1 lead", "1,200 leads", "0 replies"]);
  expect(formatShare(0.1234)).toBe("12.3 %");
});
