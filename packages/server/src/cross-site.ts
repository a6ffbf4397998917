import { SalesAgentError } from "@salesagent/ports";
import type { Asked } from "./asked.js";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** What browsers send by themselves, as they do cookies, also with a form of another site. */
const SENT_BY_BROWSERS = /(?:^|,)\s*(?:basic|digest|negotiate|ntlm)\b/i;

/**
 * Refuses what a page of another site may have made with the cookies of whoever looks at it: an unsafe request without an
 * `Authorization` header that only a program or a page of the host's puts there, such as `Bearer …`.
 *
 * @param trusted - Origins that may ask, such as `https://app.example.com`.
 * @throws `access.cross_site`.
 */
export function refuseCrossSite(request: Asked, trusted: ReadonlySet<string>): void {
  if (SAFE.has(request.method)) return;
  const authorization = request.headers.get("authorization");
  if (authorization && !SENT_BY_BROWSERS.test(authorization)) return;
  refuseForeignOrigin(request, trusted);
}

/** As {@link refuseCrossSite}, for any method and header: WebSockets begin with a GET that any page can make. */
export function refuseForeignOrigin(request: Asked, trusted: ReadonlySet<string>): void {
  const origin = request.headers.get("origin") ?? undefined;
  if (origin !== undefined && trusted.has(origin)) return;
  const site = request.headers.get("sec-fetch-site");
  // A browser that tells is believed; one that does not, by the origin; programs send neither.
  const own = site === null ? origin === undefined || isOwn(origin, request) : isOwnSite(site);
  if (own) return;
  throw new SalesAgentError("access.cross_site", {
    message:
      "A page of another site may have made this request. Add its origin to cors.origins if it is yours.",
    facts: origin === undefined ? {} : { origin: origin.slice(0, 200) },
    replay: "safe",
  });
}

/** `same-site` is another host of one's domain, and not one's own. */
const isOwnSite = (site: string): boolean => site === "same-origin" || site === "none";

function isOwn(origin: string, request: Asked): boolean {
  try {
    return new URL(origin).host === new URL(request.url).host;
  } catch {
    return false; // "null" of sandboxed pages
  }
}
