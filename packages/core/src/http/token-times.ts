import type { Clock } from "@salesagent/ports";
import type { OAuthToken } from "./token-vault.js";

/** A token that ends sooner than this is not sent, in milliseconds: it would end on its way. */
const LEAST_LEFT_MS = 2_000;

/** How long a token holds, in milliseconds; for ever where its end is not known. */
function leftMs({ expiresAt }: OAuthToken, clock: Clock): number {
  return expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) - clock.now();
}

/** Never more than a part of its whole life: a token of a minute is not due from the start. */
function atMost({ expiresAt, obtainedAt }: OAuthToken, part: number, spanMs: number): number {
  if (expiresAt === undefined || obtainedAt === undefined) return spanMs;
  return Math.min(spanMs, (Date.parse(expiresAt) - Date.parse(obtainedAt)) * part);
}

/** Whether it is time to refresh. */
export function isDue(
  token: OAuthToken,
  { clock, refreshAheadMs }: { readonly clock: Clock; readonly refreshAheadMs: number },
): boolean {
  return !(leftMs(token, clock) > atMost(token, 0.5, refreshAheadMs));
}

/** Whether it can still be sent. */
export function holds(token: OAuthToken, clock: Clock): boolean {
  return leftMs(token, clock) > atMost(token, 0.25, LEAST_LEFT_MS);
}
