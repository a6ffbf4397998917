import { expect, it } from "vitest";
import { compareStamps, isAfter, isSameInstant, laterBy, microsOf, stampOf } from "./close-stamp.js";

it.each([
  ["2022-02-09T15:52:53.882001+00:00", 1_644_421_973_882_001],
  ["2022-02-09T15:52:53.882", 1_644_421_973_882_000],
  ["2022-02-09T15:52:53", 1_644_421_973_000_000],
  ["2022-02-09T17:52:53.5+02:00", 1_644_421_973_500_000],
  ["2022-02-09T15:52:53Z", 1_644_421_973_000_000],
])("reads %s as an instant", (text, micros) => {
  expect(microsOf(text)).toBe(micros);
});

it("orders stamps of any form to the microsecond", () => {
  const stamps = [
    "2026-11-01T10:00:00.000002+00:00",
    "2026-11-01T10:00:00",
    "2026-11-01T11:00:00.000001+01:00",
    "2026-11-01T10:00:00.001Z",
  ];

  expect([...stamps].sort(compareStamps)).toEqual([stamps[1], stamps[2], stamps[0], stamps[3]]);
  expect(isAfter(stamps[0] ?? "", stamps[2] ?? "")).toBe(true);
  expect(isSameInstant("2026-11-01T10:00:00", "2026-11-01T10:00:00.000000+00:00")).toBe(true);
});

it("counts on by microseconds, over seconds too", () => {
  expect(laterBy("2026-11-01T10:00:59.999999+00:00", 1)).toBe("2026-11-01T10:01:00.000000+00:00");
  expect(stampOf(microsOf("2026-11-01T10:00:00.123456+00:00") ?? 0)).toBe("2026-11-01T10:00:00.123456+00:00");
});

it("reads nothing into what is no stamp", () => {
  for (const other of [undefined, null, 5, "", "now", "2026-13-01T00:00:00Z"])
    expect(microsOf(other)).toBeUndefined();
});
