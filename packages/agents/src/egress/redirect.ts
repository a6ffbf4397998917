import type { EgressResponse } from "../ports/egress.js";
import { blocked } from "./blocked.js";
import type { GuardedRequest } from "./guarded-request.js";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Headers that say what is wanted, and nothing about who asks. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set(["accept", "accept-language", "user-agent"]);

/**
 * The request that a redirect asks for; nothing when the response is none.
 *
 * @throws `http.blocked` for a redirect that leads nowhere, from https to http, or takes a body to another origin.
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
export function nextHop(
  hop: GuardedRequest,
  { status, headers }: EgressResponse,
): GuardedRequest | undefined {
  const location = headers.get("location");
  if (!REDIRECTS.has(status) || location === null) return undefined;
  const { host, protocol, origin } = hop.url;
  if (!URL.canParse(location, hop.url.href))
    throw blocked(host, "redirect", `${host} redirects to what is no URL.`);
  const url = new URL(location, hop.url);
  if (protocol === "https:" && url.protocol === "http:") {
    throw blocked(
      url.host,
      "redirect",
      `${host} redirects from https to http, where anybody could read along.`,
    );
  }
  const isSameOrigin = url.origin === origin;
  const next = { url, headers: isSameOrigin ? hop.headers : keepHarmless(hop.headers) };
  if (becomesGet(hop.method, status))
    return { ...next, headers: withoutContent(next.headers), method: "GET" };
  if (hop.body !== undefined && !isSameOrigin) {
    throw blocked(
      url.host,
      "redirect",
      `${host} redirects the body of this request to another host. It was not sent on.`,
    );
  }
  return { ...next, method: hop.method, ...(hop.body === undefined ? {} : { body: hop.body }) };
}

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return method === "POST" && (status === 301 || status === 302);
}

function keepHarmless(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS_HEADERS.has(name)));
}

function withoutContent(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("content-")));
}
