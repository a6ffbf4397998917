import { describe, expect, it } from "vitest";
import { scoreHistogram } from "./score-histogram.js";

describe("scoreHistogram", () => {
  it("counts every score once, 100 in the last bucket", () => {
    const scores = Array.from({ length: 101 }, (_, score) => score);
    const buckets = scoreHistogram(scores);
    expect(buckets).toHaveLength(10);
    expect(buckets[0]).toEqual({ from: 0, to: 9, count: 10 });
    expect(buckets[9]).toEqual({ from: 90, to: 100, count: 11 });
    expect(scoreHistogram([], 4).map(({ from, to }) => [from, to])).toEqual([
      [0, 24],
      [25, 49],
      [50, 74],
      [75, 100],
    ]);
  });

  it("refuses buckets that do not divide the scale", () => {
    for (const count of [0, 3, 2.5, -1]) expect(() => scoreHistogram([], count)).toThrow(RangeError);
  });
});
