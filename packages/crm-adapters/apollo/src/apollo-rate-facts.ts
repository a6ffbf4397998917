import type { RateFact } from "@salesagent/core/http";

const WINDOWS = [
  ["minute", "x-rate-limit-minute", "x-minute-requests-left", 60_000],
  ["hour", "x-rate-limit-hourly", "x-hourly-requests-left", 3_600_000],
  ["day", "x-rate-limit-24-hour", "x-24-hour-requests-left", 86_400_000],
] as const;

/**
 * What Apollo's headers tell of its three windows. A window without a limit has empty texts: that is no limit, not a limit of 0.
 * When a window begins anew is not told.
 */
export function apolloRateFacts(headers: Headers): readonly RateFact[] {
  return WINDOWS.flatMap(([window, limitHeader, leftHeader, windowMs]) => {
    const limit = wholeNumber(headers.get(limitHeader));
    const remaining = wholeNumber(headers.get(leftHeader));
    if (limit === undefined && remaining === undefined) return [];
    return [
      {
        window,
        windowMs,
        ...(limit === undefined ? {} : { limit }),
        ...(remaining === undefined ? {} : { remaining }),
      },
    ];
  });
}

function wholeNumber(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}
