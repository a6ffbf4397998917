import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RateWindow } from "../stores/rate-budget-store.js";
import { learnRate, type RateState, takeRate, toNormalTake, toNormalTold } from "./rate-windows.js";

const START = Date.UTC(2026, 0, 5, 12);
const HOUR_MS = 3_600_000;

const window = (limit: number, windowMs: number, name = "w"): RateWindow => ({ name, limit, windowMs });

/** One key's windows, under a clock that is moved by hand. */
class Bench {
  state: RateState = {};
  nowMs = START;
  readonly granted: { readonly atMs: number; readonly calls: number }[] = [];

  take(windows: readonly RateWindow[], { calls = 1, share = 1 } = {}): number {
    const { grant, state } = takeRate(
      this.state,
      toNormalTake({ key: "k", windows, calls, share }),
      this.nowMs,
    );
    this.state = state;
    if (!grant.granted) return grant.waitMs;
    this.granted.push({ atMs: this.nowMs, calls });
    return 0;
  }

  learn(told: Omit<Parameters<typeof toNormalTold>[0], "key">): void {
    this.state = learnRate(this.state, toNormalTold({ key: "k", ...told }), this.nowMs);
  }

  /** The most calls that were granted in any span of so many milliseconds. */
  mostIn(spanMs: number): number {
    return Math.max(
      0,
      ...this.granted.map(({ atMs }) =>
        this.granted
          .filter((other) => other.atMs >= atMs && other.atMs < atMs + spanMs)
          .reduce((sum, { calls }) => sum + calls, 0),
      ),
    );
  }
}

const deeds = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ calls: fc.integer({ min: 1, max: 3 }), share: fc.constantFrom(1, 0.5) }),
    },
    { weight: 3, arbitrary: fc.record({ passMs: fc.integer({ min: 0, max: 700 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        remaining: fc.nat(20),
        resetMs: fc.nat(1500),
        blockedMs: fc.constantFrom(0, 0, 300),
      }),
    },
  ),
  { maxLength: 120, size: "max" },
);

describe("rate windows", () => {
  it("grant no more than the limit in any span of a window's length, whatever comes between", () => {
    const lengths = fc.constantFrom(1, 7, 19, 20, 21, 100, 999, 1000);
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 12 }), lengths, deeds, (limit, windowMs, all) => {
        const bench = new Bench();
        const windows = [window(limit, windowMs), window(30, 2000, "long")];
        for (const deed of all) {
          if ("passMs" in deed) bench.nowMs += deed.passMs;
          else if ("remaining" in deed) bench.learn({ window: windows[0] ?? window(1, 1), ...deed });
          else bench.take(windows, deed);
        }
        expect(bench.mostIn(windowMs)).toBeLessThanOrEqual(limit);
        expect(bench.mostIn(2000)).toBeLessThanOrEqual(30);
      }),
      { numRuns: 150 },
    );
  });

  it("tell a wait after which the calls are granted, and before which they are not", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 9 }),
        fc.constantFrom(20, 33, 1000),
        deeds,
        (limit, windowMs, all) => {
          const bench = new Bench();
          const windows = [window(limit, windowMs)];
          for (const deed of all) {
            if ("passMs" in deed) bench.nowMs += deed.passMs;
            else if ("remaining" in deed) bench.learn({ window: windows[0] ?? window(1, 1), ...deed });
            else {
              const waitMs = bench.take(windows, deed);
              if (waitMs === 0) continue;
              bench.nowMs += waitMs - 1;
              expect(bench.take(windows, deed)).toBe(1);
              bench.nowMs += 1;
              expect(bench.take(windows, deed)).toBe(0);
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("leave no more than a tenth of a limit unused where callers ask as soon as they may", () => {
    for (const [limit, windowMs] of [
      [100, HOUR_MS],
      [10, 1000],
      [1, 20],
      [190, 10_000],
    ] as const) {
      const bench = new Bench();
      const windows = [window(limit, windowMs)];
      const endMs = START + 40 * windowMs;
      for (let waitMs = 0; bench.nowMs < endMs; waitMs = bench.take(windows)) bench.nowMs += waitMs;
      const granted = bench.granted.length;
      expect(granted / (40 * limit)).toBeGreaterThanOrEqual(0.9);
    }
  });

  it("keep to a caller's part what it took, whoever else took before", () => {
    const bench = new Bench();
    const windows = [window(10, HOUR_MS)];
    for (let n = 0; n < 3; n++) bench.take(windows);
    for (let n = 0; n < 9; n++) bench.take(windows, { share: 0.6 });
    expect(bench.granted.length).toBe(6);
    for (let n = 0; n < 9; n++) bench.take(windows);
    expect(bench.granted.length).toBe(10);
  });

  it("give back what a service counted against others when its window is new", () => {
    const bench = new Bench();
    const day = window(100, 24 * HOUR_MS);
    bench.learn({ window: day, remaining: 0, resetMs: 2 * HOUR_MS });
    const waitMs = bench.take([day]);
    expect(waitMs).toBeGreaterThanOrEqual(2 * HOUR_MS);
    expect(waitMs).toBeLessThanOrEqual(2 * HOUR_MS + (24 * HOUR_MS) / 20);
    bench.nowMs += waitMs;
    expect(bench.take([day])).toBe(0);
  });

  it("take no more calls for fewer where a service tells of what is under way", () => {
    const bench = new Bench();
    const hour = window(10, HOUR_MS);
    for (let n = 0; n < 8; n++) bench.take([hour]);
    bench.learn({ window: hour, remaining: 9, resetMs: HOUR_MS });
    for (let n = 0; n < 9; n++) bench.take([hour]);
    expect(bench.granted.length).toBe(10);
  });

  it("count on when the length of a window changes, and when the clock goes back", () => {
    const bench = new Bench();
    for (let n = 0; n < 6; n++) {
      bench.take([window(6, HOUR_MS)]);
      bench.nowMs += 1000;
    }
    expect(bench.take([window(6, 2 * HOUR_MS)])).toBeGreaterThan(HOUR_MS);
    expect(bench.take([window(6, 60_000)])).toBeGreaterThan(50_000);
    bench.nowMs -= HOUR_MS;
    expect(bench.take([window(6, HOUR_MS)])).toBeGreaterThan(HOUR_MS);
    bench.nowMs += 3 * HOUR_MS;
    expect(bench.take([window(6, HOUR_MS)])).toBe(0);
  });

  it("can be kept as JSON", () => {
    const bench = new Bench();
    bench.take([window(3, 1000), window(9, HOUR_MS, "hour")]);
    bench.learn({ window: window(3, 1000), blockedMs: 500 });
    expect(JSON.parse(JSON.stringify(bench.state))).toEqual(bench.state);
  });
});
