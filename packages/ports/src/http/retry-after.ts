/**
 * How long an error response asks to wait, in milliseconds: `retry-after-ms`, else `retry-after` as seconds (a fraction
 * is allowed) or as an HTTP date. Read it on errors only: some vendors send it with successes.
 *
 * @param nowMs - The present, in milliseconds since the epoch, for dates.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const precise = numberOf(headers.get("retry-after-ms"));
  if (precise !== undefined) return Math.ceil(precise);
  const plain = headers.get("retry-after");
  if (plain === null) return undefined;
  const seconds = numberOf(plain);
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  // A date begins with its weekday; the platform's parser would also make one of a number such as -5.
  const date = /^[a-z]/i.test(plain) ? Date.parse(plain) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function numberOf(text: string | null): number | undefined {
  if (text === null || text.trim() === "") return undefined;
  const value = Number(text);
  // Beyond this, milliseconds are no number any more.
  return Number.isFinite(value * 1000) && value >= 0 ? value : undefined;
}
