import { describe, expect, it } from "vitest";
import { toldWaitMs } from "./told-wait.js";

const NOW_MS = Date.UTC(2026, 3, 5, 14, 28, 25);

describe("toldWaitMs", () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ "retry-after": "2", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m" }, 2_000],
    [{ "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m6.779s" }, 66_779],
    [{ "x-ratelimit-remaining-tokens": "5", "x-ratelimit-reset-tokens": "1m" }, undefined],
    [{ "x-ratelimit-reset-tokens": "1m" }, undefined],
    [{ "x-ratelimit-remaining-requests-day": "0", "x-ratelimit-reset-requests-day": "33011.38" }, 33_011_380],
    [
      {
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2026-04-05T14:28:30Z",
        "anthropic-ratelimit-input-tokens-remaining": "0",
        "anthropic-ratelimit-input-tokens-reset": "2026-04-05T14:28:55Z",
      },
      30_000,
    ],
  ])("reads %j as %s", (headers, waitMs) => {
    expect(toldWaitMs(new Headers(headers), NOW_MS)).toBe(waitMs);
  });
});
