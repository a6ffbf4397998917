import { expect, it } from "vitest";
import { createManualClock } from "./manual-clock.js";
import { RateWindows } from "./rate-windows.js";

it("holds several windows for each key, and counts who came too often", () => {
  const clock = createManualClock();
  const windows = new RateWindows(
    [
      { limit: 2, windowMs: 1_000 },
      { limit: 3, windowMs: 60_000 },
    ],
    clock,
  );
  const allowed = (key: string) => windows.take(key).allowed;

  expect([allowed("a"), allowed("a"), allowed("a"), allowed("b")]).toEqual([true, true, false, true]);
  expect(windows.breaches).toBe(1);

  clock.advance(1_000);
  expect(allowed("a")).toBe(true);
  expect(windows.take("a")).toMatchObject({
    allowed: false,
    retryAfterMs: 59_000,
    states: [
      { limit: 2, remaining: 1, resetMs: 1_000 },
      { limit: 3, remaining: 0, resetMs: 59_000 },
    ],
  });

  clock.advance(59_000);
  expect(allowed("a")).toBe(true);
});
