import { describe, expect, it } from "vitest";
import { readRateLimits, resetMs } from "./rate-limit-headers.js";

const NOW_MS = Date.UTC(2026, 3, 5, 14, 28, 25);

describe("resetMs", () => {
  it.each([
    ["12ms", 12],
    ["132ms", 132],
    ["8.64s", 8_640],
    ["59.369s", 59_369],
    ["1m6.779s", 66_779],
    ["2m7.93s", 127_930],
    ["6m0s", 360_000],
    ["1h2m3s", 3_723_000],
    ["1h", 3_600_000],
    ["0s", 0],
    ["33011.382867097855", 33_011_383],
    ["11.382867097854614", 11_383],
    ["2026-04-05T14:28:55Z", 30_000],
    ["2026-04-05T14:28:00Z", 0],
    ["", undefined],
    ["soon", undefined],
  ])("reads %j as %s ms", (value, ms) => {
    expect(resetMs(value, NOW_MS)).toBe(ms);
  });
});

describe("readRateLimits", () => {
  it("reads OpenAI's headers", () => {
    const headers = new Headers({
      "x-ratelimit-limit-requests": "10000",
      "x-ratelimit-limit-tokens": "200000",
      "x-ratelimit-remaining-requests": "9999",
      "x-ratelimit-remaining-tokens": "199559",
      "x-ratelimit-reset-requests": "8.64s",
      "x-ratelimit-reset-tokens": "132ms",
    });
    expect(readRateLimits(headers, NOW_MS)).toEqual([
      { kind: "requests", limit: 10_000, remaining: 9_999, resetMs: 8_640 },
      { kind: "tokens", limit: 200_000, remaining: 199_559, resetMs: 132 },
    ]);
  });

  it("reads Anthropic's headers", () => {
    const headers = new Headers({
      "anthropic-ratelimit-requests-limit": "20000",
      "anthropic-ratelimit-requests-remaining": "19999",
      "anthropic-ratelimit-requests-reset": "2026-04-05T14:28:55Z",
      "anthropic-ratelimit-input-tokens-limit": "4000000",
      "anthropic-ratelimit-input-tokens-remaining": "4000000",
      "anthropic-ratelimit-output-tokens-remaining": "800000",
      "anthropic-ratelimit-unified-status": "allowed",
      "retry-after": "25",
    });
    const facts = readRateLimits(headers, NOW_MS);
    expect(facts).toHaveLength(3);
    expect(facts).toEqual(
      expect.arrayContaining([
        { kind: "requests", limit: 20_000, remaining: 19_999, resetMs: 30_000 },
        { kind: "input-tokens", limit: 4_000_000, remaining: 4_000_000 },
        { kind: "output-tokens", remaining: 800_000 },
      ]),
    );
  });

  it("reads Cerebras' headers, each window apart", () => {
    const headers = new Headers({
      "x-ratelimit-limit-requests-day": "1000000000",
      "x-ratelimit-remaining-requests-day": "999999999",
      "x-ratelimit-reset-requests-day": "33011.382867097855",
      "x-ratelimit-limit-tokens-minute": "1000000",
      "x-ratelimit-remaining-tokens-minute": "997000",
      "x-ratelimit-reset-tokens-minute": "11.382867097854614",
      "x-ratelimit-remaining-tokens-hour": "5",
    });
    const facts = readRateLimits(headers, NOW_MS);
    expect(facts).toHaveLength(3);
    expect(facts).toEqual(
      expect.arrayContaining([
        {
          kind: "requests",
          window: "day",
          limit: 1_000_000_000,
          remaining: 999_999_999,
          resetMs: 33_011_383,
        },
        { kind: "tokens", window: "minute", limit: 1_000_000, remaining: 997_000, resetMs: 11_383 },
        { kind: "tokens", window: "hour", remaining: 5 },
      ]),
    );
  });

  it("leaves out what makes no sense", () => {
    const headers = new Headers({
      "x-ratelimit-remaining-requests": "-1",
      "x-ratelimit-limit-requests": "unlimited",
      "x-ratelimit-limit-tokens": "",
      "x-ratelimit-reset-tokens": "0",
      "x-ratelimit-limit": "20",
      "x-request-id": "req-1",
    });
    expect(readRateLimits(headers, NOW_MS)).toEqual([{ kind: "tokens", resetMs: 0 }]);
  });
});
