import { describe, expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.js";

const NOW_MS = Date.UTC(2026, 10, 21, 12);

describe("retryAfterMs", () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "0.25" }, 250],
    [{ "retry-after": "1.0001" }, 1_001],
    [{ "retry-after": "86400" }, 86_400_000],
    [{ "retry-after": "Sat, 21 Nov 2026 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Sat, 21 Nov 2026 11:59:00 GMT" }, 0],
    [{ "retry-after-ms": "1500" }, 1_500],
    [{ "retry-after-ms": "1500.2" }, 1_501],
    [{ "retry-after-ms": "1500", "retry-after": "60" }, 1_500],
    [{ "retry-after-ms": "soon", "retry-after": "2" }, 2_000],
    [{ "retry-after-ms": "", "retry-after": "2" }, 2_000],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "" }, undefined],
  ])("reads %j as %s", (headers, waitMs) => {
    expect(retryAfterMs(new Headers(headers), NOW_MS)).toBe(waitMs);
  });

  it("takes no wait from a negative number", () => {
    expect(retryAfterMs(new Headers({ "retry-after": "-5" }), NOW_MS)).toBeUndefined();
  });
});
