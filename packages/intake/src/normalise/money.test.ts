import { describe, expect, it } from "vitest";
import { normaliseUsd, normaliseUsdRange } from "./money.js";

describe("a sum", () => {
  it.each([
    ["1200000", 1_200_000],
    ["$1.2M", 1_200_000],
    ["USD 3 million", 3_000_000],
    ["US$ 1,200,000", 1_200_000],
    ["€5M", undefined],
    ["GBP 5M", undefined],
    ["undisclosed", undefined],
  ])("reads %j as %s", (text, sum) => {
    expect(normaliseUsd(text)).toBe(sum);
  });
});

describe("a range of sums", () => {
  it.each([
    ["$1M-$10M", { min: 1e6, max: 1e7 }],
    ["$1M to $10M", { min: 1e6, max: 1e7 }],
    ["1-10 million", { min: 1e6, max: 1e7 }],
    ["500K - 1M", { min: 5e5, max: 1e6 }],
    ["10M+", { min: 1e7 }],
    ["Less than $1M", { min: 0, max: 1e6 }],
    ["<$1M", { min: 0, max: 1e6 }],
    ["$4M per year", { min: 4e6, max: 4e6 }],
    ["4200000", { min: 4.2e6, max: 4.2e6 }],
    ["€1M-€10M", undefined],
    ["private", undefined],
  ])("reads %j as %j", (text, range) => {
    expect(normaliseUsdRange(text)).toEqual(range);
  });
});
