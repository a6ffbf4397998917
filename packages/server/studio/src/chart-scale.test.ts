import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chartScale, labelEvery, stackParts } from "./chart-scale.js";

describe("chartScale", () => {
  it.each([
    [2.9, [0, 1, 2, 3]],
    [100, [0, 25, 50, 75, 100]],
    [0.0042, [0, 0.002, 0.004, 0.006]],
    [0, [0, 1]],
    [Number.NaN, [0, 1]],
  ])("ends %d at a round number", (most, ticks) => expect(chartScale(most).ticks).toEqual(ticks));

  it("has room for all, and not much more, in a few even steps", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (most) => {
        const { top, ticks } = chartScale(most);
        expect(top).toBeGreaterThanOrEqual(most * (1 - 1e-9));
        expect(top).toBeLessThanOrEqual(most * 2.51);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

it("stacks what there is", () => {
  expect(stackParts([1, 0, 2])).toEqual([
    { series: 0, from: 0, to: 1 },
    { series: 2, from: 1, to: 3 },
  ]);
  expect(stackParts([0, Number.NaN])).toEqual([]);
});

it("labels the last of many, and as many as have room", () => {
  const labelled = Array.from({ length: 30 }, (_, index) => index).filter(labelEvery(30, 8));
  expect(labelled).toEqual([1, 5, 9, 13, 17, 21, 25, 29]);
  expect([0, 1, 2].filter(labelEvery(3, 8))).toEqual([0, 1, 2]);
});
