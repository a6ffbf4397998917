import { expect, it } from "vitest";
import { createManualClock } from "./manual-clock.js";
import { microsOf, microsText, WorldClock } from "./world-clock.js";

it("gives stamps that never go back: equal ones as asked, and held ones", () => {
  const clock = createManualClock("2026-11-01T10:00:00Z");
  const world = new WorldClock(clock, { equalStamps: 2 });
  const start = clock.now() * 1000;
  const next = () => world.nextMicros() - start;

  expect([next(), next(), next(), next(), next()]).toEqual([0, 0, 1, 1, 2]);
  expect(world.nowMicros() - start).toBe(2);

  clock.advance(1);
  expect(next()).toBe(1000);
  expect(world.hold(() => [next(), next(), next()])).toEqual([1000, 1000, 1000]);
});

it.each([
  ["2022-02-09T15:52:53.882001+00:00", "2022-02-09T15:52:53.882001Z"],
  ["2022-02-09T17:52:53.5+02:00", "2022-02-09T15:52:53.500000Z"],
  ["2019-01-15T12:48:23.395000", "2019-01-15T12:48:23.395000Z"],
  ["2019-01-15T12:48:23", "2019-01-15T12:48:23.000000Z"],
  ["2019-01-15", "2019-01-15T00:00:00.000000Z"],
])("reads %s as %s", (text, same) => {
  expect(microsText(microsOf(text) ?? 0)).toBe(same);
});

it("writes as many digits as asked, and reads nothing into other texts", () => {
  const micros = microsOf("2026-11-01T10:00:03.456789Z") ?? 0;

  expect(microsText(micros, 3, "+00:00")).toBe("2026-11-01T10:00:03.456+00:00");
  expect(microsText(micros, 0)).toBe("2026-11-01T10:00:03Z");
  for (const other of ["", "yesterday", "2026-13-01T10:00:00Z", "1793527200000"]) {
    expect(microsOf(other)).toBeUndefined();
  }
});
