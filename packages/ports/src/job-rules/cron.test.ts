import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileCron } from "./cron.js";

/** The next runs after an instant, as ISO texts without seconds. */
function nextRuns(cron: string, zone: string, after: string, count = 1): readonly string[] {
  const nextRun = compileCron("mail", cron, zone);
  const runs: string[] = [];
  for (let time = Date.parse(after); runs.length < count; ) {
    time = nextRun(time);
    runs.push(new Date(time).toISOString().slice(0, 16));
  }
  return runs;
}

describe("compileCron", () => {
  it.each([
    ["0 9 * * MON-FRI", "2026-03-06T09:00:00Z", ["2026-03-09T09:00", "2026-03-10T09:00"]],
    ["*/20 8-9 * * *", "2026-03-06T08:30:00Z", ["2026-03-06T08:40", "2026-03-06T09:00", "2026-03-06T09:20"]],
    ["5/25 0 1 jan,jul *", "2026-02-01T00:00:00Z", ["2026-07-01T00:05", "2026-07-01T00:30"]],
    ["0 0 * * 7", "2026-03-06T00:00:00Z", ["2026-03-08T00:00", "2026-03-15T00:00"]],
    ["0 0 13 * FRI", "2026-03-01T00:00:00Z", ["2026-03-06T00:00", "2026-03-13T00:00", "2026-03-20T00:00"]],
    ["0 0 */10 * MON", "2026-03-01T00:00:00Z", ["2026-05-11T00:00"]],
    ["0 0 29 2 *", "2096-03-01T00:00:00Z", ["2104-02-29T00:00"]],
    ["59 23 31 12 *", "2026-12-31T23:59:00Z", ["2027-12-31T23:59"]],
  ])("runs %s after %s at %j", (cron, after, expected) => {
    expect(nextRuns(cron, "UTC", after, expected.length)).toEqual(expected);
  });

  it("goes by the clocks of its zone, in winter and in summer", () => {
    const expected = ["2026-03-27T08:00", "2026-03-30T07:00"];
    expect(nextRuns("0 9 * * 1-5", "Europe/Berlin", "2026-03-27T00:00:00Z", 2)).toEqual(expected);
    expect(nextRuns("30 8 * * *", "Asia/Kolkata", "2026-01-01T00:00:00Z")).toEqual(["2026-01-01T03:00"]);
    expect(nextRuns("0 0 * * *", "Pacific/Kiritimati", "2026-01-01T00:00:00Z")).toEqual(["2026-01-01T10:00"]);
  });

  it("runs a time that clocks skip as much later as they moved, once", () => {
    const expected = ["2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30"];
    expect(nextRuns("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3)).toEqual(expected);
  });

  it("runs a time that comes twice the first time only", () => {
    const expected = ["2026-10-25T00:30", "2026-10-26T01:30"];
    expect(nextRuns("30 2 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", 2)).toEqual(expected);
  });

  it("runs what runs every hour as time goes by, through both changes of clocks", () => {
    const autumn = ["2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30"];
    expect(nextRuns("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", 4)).toEqual(autumn);
    const spring = ["2026-03-29T00:30", "2026-03-29T01:00", "2026-03-29T01:30", "2026-03-29T02:00"];
    expect(nextRuns("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 4)).toEqual(spring);
  });

  it("agrees with asking every minute, wherever clocks stand still", () => {
    const field = (least: number, most: number) =>
      fc.oneof(
        fc.constant("*"),
        fc.integer({ min: least, max: most }).map(String),
        fc
          .tuple(fc.integer({ min: least, max: most }), fc.nat(9))
          .map(([from, more]) => `${from}-${Math.min(most, from + more)}`),
        fc.integer({ min: 1, max: 15 }).map((step) => `*/${step}`),
      );
    const start = fc.date({ min: new Date("2024-01-01"), max: new Date("2027-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(field(0, 59), field(0, 23), start, (minute, hour, from) => {
        const [found] = nextRuns(`${minute} ${hour} * * *`, "UTC", from.toISOString());
        const fits = (text: string, value: number) => {
          const [, low, high] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
          if (low !== undefined) return value >= Number(low) && value <= Number(high ?? low);
          return value % Number(text.slice(2) || "1") === 0;
        };
        let time = Math.floor(from.getTime() / 60_000) * 60_000 + 60_000;
        while (!fits(minute, new Date(time).getUTCMinutes()) || !fits(hour, new Date(time).getUTCHours())) {
          time += 60_000;
        }
        expect(found).toBe(new Date(time).toISOString().slice(0, 16));
      }),
    );
  });

  it("gives runs that rise, in every zone with clock changes, and never one that is past", () => {
    const zones = [
      "America/New_York",
      "Australia/Lord_Howe",
      "America/Havana",
      "Asia/Beirut",
      "Europe/Dublin",
    ];
    const crons = ["30 2 * * *", "0 0 * * *", "15 * * * *", "0 */2 * * *", "45 23 * * *", "10 1 * * *"];
    const after = fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2027, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.constantFrom(...crons), after, (zone, cron, afterMs) => {
        const nextRun = compileCron("mail", cron, zone);
        const first = nextRun(afterMs);
        const second = nextRun(first);
        expect(first).toBeGreaterThan(afterMs);
        expect(second).toBeGreaterThan(first);
        expect(nextRun(first - 1)).toBe(first);
        // a day's change of clocks moves a run by an hour at most
        expect(second - first).toBeLessThanOrEqual(25 * 3_600_000);
      }),
    );
  });

  it.each([
    "",
    "* * * *",
    "* * * * * *",
    "@daily",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 8",
    "5-1 * * * *",
    "*/0 * * * *",
    "1-* * * * *",
    "*-5 * * * *",
    "1,,2 * * * *",
    "x * * * *",
    "* * L * *",
    "0 0 31 2,4 *",
    "0 0 30 feb *",
    "* * * MON *",
    "-1 * * * *",
  ])("refuses %j", (cron) => {
    expect(() => compileCron("mail", cron, "UTC")).toThrow(
      expect.objectContaining({ code: "job.invalid", facts: { queue: "mail", field: "cron" } }),
    );
  });

  it.each(["Mars/Base", "", "Europe"])("refuses the zone %j", (zone) => {
    expect(() => compileCron("mail", "* * * * *", zone)).toThrow(
      expect.objectContaining({ code: "job.invalid", facts: { queue: "mail", field: "zone" } }),
    );
  });
});
