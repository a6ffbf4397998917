import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRateFacts } from "./read-rate-facts.js";

const NOW_MS = Date.UTC(2026, 10, 1);
const DAY_MS = 86_400_000;
const read = (headers: Record<string, string>) => readRateFacts(new Headers(headers), NOW_MS);

describe("readRateFacts", () => {
  it.each([
    ["limit=100, remaining=50, reset=5", { limit: 100, remaining: 50, resetMs: 5_000 }],
    ["limit=100; remaining=50; reset=5", { limit: 100, remaining: 50, resetMs: 5_000 }],
    ["limit=16,remaining=0,reset=0.1234", { limit: 16, remaining: 0, resetMs: 124 }],
    ["limit=16, remaining=0, reset=1.1", { limit: 16, remaining: 0, resetMs: 1_100 }],
    ["remaining=3", { remaining: 3 }],
    ["limit=, remaining=x, reset=5", undefined],
  ])("reads Close's %j", (ratelimit, fact) => {
    expect(read({ ratelimit })).toEqual(fact ? [{ window: "default", ...fact }] : []);
  });

  it("reads all of HubSpot's windows, and those alone that are there", () => {
    const daily = { "x-hubspot-ratelimit-daily": "1000000", "x-hubspot-ratelimit-daily-remaining": "999990" };
    const rest = {
      "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
      "X-HubSpot-RateLimit-Max": "190",
      "X-HubSpot-RateLimit-Remaining": "189",
      "X-HubSpot-RateLimit-Secondly": "19",
      "X-HubSpot-RateLimit-Secondly-Remaining": "18",
    };
    const dailyFact = { window: "daily", limit: 1_000_000, remaining: 999_990, windowMs: DAY_MS };
    expect(read({ ...daily, ...rest })).toEqual([
      { window: "interval", limit: 190, remaining: 189, windowMs: 10_000 },
      { window: "secondly", limit: 19, remaining: 18, windowMs: 1_000 },
      dailyFact,
    ]);
    expect(read(daily)).toEqual([dailyFact]);
  });

  it("reads Apollo's windows, and takes empty as none", () => {
    const headers = {
      "x-rate-limit-minute": "200",
      "x-minute-usage": "3",
      "x-minute-requests-left": "197",
      "x-rate-limit-hourly": "400",
      "x-hourly-usage": "400",
      "x-hourly-requests-left": "",
      "x-rate-limit-24-hour": "",
      "x-24-hour-usage": "",
      "x-24-hour-requests-left": "",
    };
    expect(read(headers)).toEqual([
      { window: "minute", limit: 200, remaining: 197, windowMs: 60_000 },
      { window: "hourly", limit: 400, remaining: 0, windowMs: 3_600_000 },
    ]);
  });

  it.each<[string, Record<string, string>, readonly object[]]>([
    [
      "Salesforce's",
      { "sforce-limit-info": "api-usage=10018/15000, per-app-api-usage=17/250(appName=x)" },
      [{ window: "daily", limit: 15_000, remaining: 4_982, windowMs: DAY_MS }],
    ],
    [
      "the common separate ones",
      { "x-ratelimit-limit": "20", "x-ratelimit-remaining": "19", "x-ratelimit-reset": "2" },
      [{ window: "default", limit: 20, remaining: 19, resetMs: 2_000 }],
    ],
    [
      "a reset that is an instant in seconds",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW_MS / 1000 + 30) },
      [{ window: "default", remaining: 0, resetMs: 30_000 }],
    ],
    [
      "a reset that is an instant in milliseconds",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW_MS + 30) },
      [{ window: "default", remaining: 0, resetMs: 30 }],
    ],
    [
      "the older drafts' with a window",
      { "ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "9", "ratelimit-reset": "50" },
      [{ window: "default", limit: 100, remaining: 9, resetMs: 50_000, windowMs: 60_000 }],
    ],
    [
      "the newer drafts' with policies",
      {
        ratelimit: '"burst";r=50;t=5, "daily";r=900',
        "ratelimit-policy": '"burst";q=100;w=60, "daily";q=1000;w=86400',
      },
      [
        { window: "burst", limit: 100, remaining: 50, resetMs: 5_000, windowMs: 60_000 },
        { window: "daily", limit: 1_000, remaining: 900, windowMs: DAY_MS },
      ],
    ],
    ["nothing", { "x-request-id": "1", "retry-after": "5" }, []],
    ["nothing of negatives", { "x-ratelimit-limit": "-1", "x-ratelimit-remaining": "-1" }, []],
  ])("reads %s", (_, headers, facts) => {
    expect(read(headers)).toEqual(facts);
  });

  it("makes whole, finite numbers ≥ 0 of whatever comes", () => {
    const value = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.constantFrom("limit=1e9", "remaining=-0", '"a";r=;t=x'),
    );
    const name = fc.constantFrom(
      ...["ratelimit", "ratelimit-policy", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"],
      ...["x-rate-limit-minute", "x-minute-usage", "x-hubspot-ratelimit-max", "sforce-limit-info"],
    );
    fc.assert(
      fc.property(fc.dictionary(name, value), (headers) => {
        const usable = Object.entries(headers).filter(([, text]) => /^[\x20-\x7e]*$/.test(text));
        for (const { window, ...amounts } of read(Object.fromEntries(usable))) {
          expect(window).not.toBe("");
          for (const amount of Object.values(amounts))
            expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true);
        }
      }),
    );
  });
});
