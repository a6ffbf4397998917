import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LatencyWindow } from "./latency-window.js";

describe("LatencyWindow", () => {
  it("knows nothing before the first sample", () => {
    const window = new LatencyWindow(4);
    expect([window.size, window.percentile(0.5)]).toEqual([0, undefined]);
  });

  it("drops the oldest when it is full", () => {
    const window = new LatencyWindow(3);
    for (const value of [900, 1, 2, 3]) window.add(value);

    expect([window.size, window.percentile(0), window.percentile(0.5), window.percentile(1)]).toEqual([
      3, 1, 2, 3,
    ]);
  });

  it("gives the nearest rank of the last samples, whatever was added and asked in between", () => {
    const samples = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        samples,
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, capacity, share) => {
          const window = new LatencyWindow(capacity);
          values.forEach((value, index) => {
            window.add(value);
            const kept = values.slice(0, index + 1).slice(-capacity);
            const answer = window.percentile(share) ?? Number.NaN;
            expect(kept).toContain(answer);
            expect(kept.filter((it) => it <= answer).length).toBeGreaterThanOrEqual(share * kept.length);
            expect(kept.filter((it) => it < answer).length).toBeLessThanOrEqual(share * kept.length);
          });
        },
      ),
    );
  });

  it("refuses what is no capacity, no sample and no share", () => {
    expect(() => new LatencyWindow(0)).toThrow("latencyWindow.capacity must be");
    expect(() => new LatencyWindow().add(Number.NaN)).toThrow(RangeError);
    expect(() => new LatencyWindow().percentile(95)).toThrow(
      "latencyWindow.percentile: share must be a number from 0 to 1",
    );
  });
});
