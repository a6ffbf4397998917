import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BudgetPeriod, BudgetWindows } from "./budget-window.js";

const at = (period: BudgetPeriod | undefined, instant: string) =>
  new BudgetWindows(period).at(Date.parse(instant));

describe("windows of a budget", () => {
  it.each([
    ["minute", "2026-11-21T23:59:59.999Z", "2026-11-21T23:59", "2026-11-22T00:00:00.000Z"],
    ["hour", "2026-11-21T23:00:00.000Z", "2026-11-21T23", "2026-11-22T00:00:00.000Z"],
    ["day", "2026-11-21T23:59:59.999Z", "2026-11-21", "2026-11-22T00:00:00.000Z"],
    ["day", "2026-11-22T00:00:00.000Z", "2026-11-22", "2026-11-23T00:00:00.000Z"],
    ["week", "2026-11-22T23:59:59.999Z", "week-2026-11-16", "2026-11-23T00:00:00.000Z"],
    ["week", "2026-11-23T00:00:00.000Z", "week-2026-11-23", "2026-11-30T00:00:00.000Z"],
    ["month", "2026-12-31T23:59:59.999Z", "2026-12", "2027-01-01T00:00:00.000Z"],
    ["month", "2028-02-29T12:00:00.000Z", "2028-02", "2028-03-01T00:00:00.000Z"],
  ] as const)("%s that holds %s is %s until %s", (period, instant, name, endsAt) => {
    expect(at(period, instant)).toMatchObject({ name, endsAt });
  });

  it("counts a length of its own from the epoch", () => {
    expect(at({ ms: 90_000 }, "1970-01-01T00:02:00.000Z")).toMatchObject({
      name: "90000ms-1970-01-01T00:01:30.000Z",
      endsAt: "1970-01-01T00:03:00.000Z",
    });
  });

  it("never ends without a period", () => {
    expect(at(undefined, "2026-11-21T00:00:00.000Z")).toEqual({
      name: "ever",
      startMs: Number.NEGATIVE_INFINITY,
      endMs: Number.POSITIVE_INFINITY,
    });
  });

  it("holds the instant, meets the next without a gap, and has a name of its own, also when time goes back", () => {
    const period = fc.oneof(
      fc.constantFrom<BudgetPeriod>("minute", "hour", "day", "week", "month"),
      fc.integer({ min: 1, max: 1e10 }).map((ms) => ({ ms })),
    );
    const instant = fc.integer({ min: 0, max: Date.UTC(2100, 0) });
    fc.assert(
      fc.property(period, fc.array(instant, { minLength: 1, maxLength: 10 }), (length, instants) => {
        const windows = new BudgetWindows(length);
        for (const nowMs of instants) {
          const window = windows.at(nowMs);
          expect(nowMs).toBeGreaterThanOrEqual(window.startMs);
          expect(nowMs).toBeLessThan(window.endMs);
          expect(windows.at(window.endMs - 1)).toEqual(window);
          const next = windows.at(window.endMs);
          expect(next.startMs).toBe(window.endMs);
          expect(next.name).not.toBe(window.name);
        }
      }),
    );
  });
});
