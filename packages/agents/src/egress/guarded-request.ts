import type { Egress, EgressResponse } from "../ports/egress.js";
import { blocked, blockedAddress } from "./blocked.js";
import { type HostRules, hostName } from "./host-rules.js";
import { parseAddress } from "./ip-address.js";
import { isPublicAddress } from "./public-address.js";
import { readLimited } from "./read-limited.js";
import { nextHop } from "./redirect.js";
import { unreachable } from "./unreachable.js";

/** What requests are held to. */
export interface RequestGuard {
  readonly egress: Egress;
  readonly hosts: HostRules;
  readonly allowPrivate: boolean;
  readonly maxRedirects: number;
  /** Of the body, decoded. */
  readonly maxBytes: number;
  /** The host app's own headers for a URL, asked for anew at each redirect. */
  readonly ownHeaders?: ((url: URL) => Promise<Readonly<Record<string, string>>>) | undefined;
  /** Whether a body of this content type is read at all. @defaultValue all are */
  readonly reads?: ((contentType: string) => boolean) | undefined;
}

/** A request before any redirect. */
export interface GuardedRequest {
  readonly url: URL;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** What came back. */
export interface GuardedResponse {
  /** Where it came from in the end. */
  readonly url: URL;
  readonly redirects: number;
  readonly status: number;
  readonly headers: Headers;
  /** Absent when the content type is not one that is read. */
  readonly bytes?: Uint8Array;
  readonly truncated: boolean;
}

/**
 * Sends a request within the guard's rules. Each redirect is checked like the first request; to another origin it goes
 * without a body and with no header but those that describe what is wanted.
 *
 * @throws `http.blocked` for what the rules forbid, `service.unavailable` when the server can't be reached or breaks off, the
 * signal's own reason.
 */
export async function guardedRequest(
  guard: RequestGuard,
  request: GuardedRequest,
  signal: AbortSignal,
): Promise<GuardedResponse> {
  let hop = request;
  for (let redirects = 0; ; redirects++) {
    const response = await sendHop(guard, hop, signal);
    const next = nextHop(hop, response);
    if (next === undefined) return await readAnswer(guard, hop, response, { redirects, signal });
    response.body?.cancel().catch(() => {}); // not awaited: nobody reads it
    if (redirects === guard.maxRedirects) {
      throw blocked(
        hop.url.host,
        "redirect",
        `${request.url.host} redirects more than ${guard.maxRedirects} times.`,
      );
    }
    hop = next;
  }
}

async function sendHop(
  guard: RequestGuard,
  hop: GuardedRequest,
  signal: AbortSignal,
): Promise<EgressResponse> {
  checkTarget(guard, hop.url);
  const own = (await guard.ownHeaders?.(hop.url)) ?? {};
  const admits = (address: string) => guard.allowPrivate || isPublicAddress(address);
  return guard.egress.send({ ...hop, headers: { ...hop.headers, ...own } }, { admits, signal });
}

function checkTarget({ hosts, allowPrivate }: RequestGuard, url: URL): void {
  const { host } = url;
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw blocked(host, "scheme", `Only http and https are allowed, not ${url.protocol.slice(0, 20)}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw blocked(host, "url", `The URL of ${host} holds a user name or a password. Leave them out.`);
  }
  const verdict = hosts(url);
  if (verdict !== "admitted") {
    const what =
      verdict === "port" ? `port ${url.port || "of this scheme"} of ${hostName(url)}` : hostName(url);
    throw blocked(host, verdict, `Requests to ${what} are not allowed here. Use a host that is.`);
  }
  if (!allowPrivate && parseAddress(url.hostname) && !isPublicAddress(url.hostname))
    throw blockedAddress(host);
}

async function readAnswer(
  guard: RequestGuard,
  { url, method }: GuardedRequest,
  { status, headers, body }: EgressResponse,
  { redirects, signal }: { readonly redirects: number; readonly signal: AbortSignal },
): Promise<GuardedResponse> {
  const answer = { url, redirects, status, headers };
  if (guard.reads && !guard.reads(headers.get("content-type") ?? "")) {
    body?.cancel().catch(() => {}); // not awaited: nobody reads it
    return { ...answer, truncated: false };
  }
  try {
    return { ...answer, ...(await readLimited(body, guard.maxBytes, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(url.host, error, method === "GET" || method === "HEAD" ? "safe" : "unsafe");
  }
}
