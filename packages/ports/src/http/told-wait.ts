import { readRateLimits } from "./rate-limit-headers.js";
import { retryAfterMs } from "./retry-after.js";

/**
 * How long a refused request has to wait by its response's headers, in milliseconds: {@link retryAfterMs}, else until the
 * last of the limits that are used up is reset. Read it on errors only.
 *
 * @param nowMs - The present, in milliseconds since the epoch.
 * @returns Undefined where the headers do not tell.
 */
export function toldWaitMs(headers: Headers, nowMs: number): number | undefined {
  const told = retryAfterMs(headers, nowMs);
  if (told !== undefined) return told;
  let longestMs: number | undefined;
  for (const { remaining, resetMs } of readRateLimits(headers, nowMs)) {
    if (remaining === 0 && resetMs !== undefined) longestMs = Math.max(longestMs ?? 0, resetMs);
  }
  return longestMs;
}
