import { expect, it } from "vitest";
import { durationMs, formatDistance, formatTime, lastDays } from "./times.js";

const now = Date.parse("2026-03-01T12:00:00Z");

it.each([
  ["2026-03-01T12:00:00.400Z", "now"],
  ["2026-03-01T12:03:00Z", "in 3 min"],
  ["2026-03-01T11:59:48Z", "12 s ago"],
  ["2026-03-01T09:59:00Z", "2 h ago"],
  ["2026-03-08T11:59:50Z", "in 7 days"],
  ["soon", "soon"],
])("says %s as %s", (iso, text) => expect(formatDistance(iso, now)).toBe(text));

it("counts days back over months, in UTC", () => {
  expect(lastDays(3, now)).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
});

it("leaves what is no time as it is, and never counts below nothing", () => {
  expect(formatTime("yesterday")).toBe("yesterday");
  expect(durationMs("2026-03-01T12:00:01Z", now)).toBe(0);
  expect(durationMs("2026-03-01T12:00:00Z", "2026-03-01T12:00:02Z")).toBe(2_000);
});
