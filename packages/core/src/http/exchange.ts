import { type Clock, SalesAgentError, untilAborted } from "@salesagent/ports";
import { linkSignal } from "../kernel/linked-signal.js";
import { networkFailure } from "./network-failure.js";
import type { RateFactReader } from "./rate-facts.js";
import { readBody } from "./read-body.js";
import { ReceivedAnswer } from "./received-answer.js";
import type { EncodedBody } from "./request-body.js";
import { type CalledService, serviceFailure } from "./service-failure.js";

/** The `fetch` that hosts may inject. */
export type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

/** The limits of one exchange, with nothing left open. */
export interface ExchangeLimits {
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly headersMs: number;
  readonly totalMs: number;
  readonly redirects: number;
}

/** One request, ready to be sent. */
export interface Outgoing {
  readonly called: CalledService;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: EncodedBody;
  readonly limits: ExchangeLimits;
}

/** What an exchange is made with. */
export interface ExchangeTools {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly readRateFacts: RateFactReader;
}

/**
 * Sends one request and reads its answer to the end, whatever its status.
 *
 * @throws SalesAgentError `service.unavailable` when it is late or breaks off, `service.malformed_response` when it is longer
 *   than allowed, `service.refused` for a redirect; the signal's own reason, within one turn.
 */
export async function exchange(
  outgoing: Outgoing,
  tools: ExchangeTools,
  signal: AbortSignal | undefined,
): Promise<ReceivedAnswer> {
  signal?.throwIfAborted();
  const { limits, called } = outgoing;
  using upstream = linkSignal(signal);
  const expire = (what: string, limitMs: number) => () => upstream.abort(late(called, what, limitMs));
  const timers = [tools.clock.schedule(limits.totalMs, expire("did not end", limits.totalMs))];
  const headersTimer = tools.clock.schedule(limits.headersMs, expire("did not begin", limits.headersMs));
  timers.push(headersTimer);
  try {
    const response = await send(outgoing, tools.fetch, upstream.signal);
    headersTimer.cancel();
    return await receive(response, outgoing, tools, upstream.signal);
  } catch (error) {
    // Lets go of a connection whose answer nobody reads any more.
    upstream.abort(error);
    signal?.throwIfAborted();
    throw networkFailure(called, error);
  } finally {
    for (const timer of timers) timer.cancel();
  }
}

async function send(outgoing: Outgoing, fetch: Fetch, signal: AbortSignal): Promise<Response> {
  const { called, headers, body, limits } = outgoing;
  let { url } = outgoing;
  for (let hops = 0; ; hops++) {
    const init: RequestInit = { method: called.method, headers: { ...headers }, redirect: "manual", signal };
    if (body.content !== undefined) init.body = body.content;
    const response = await untilAborted(fetch(url.href, init), signal);
    if (!isRedirect(response)) return response;
    discard(response);
    const next = redirectTarget(response, url);
    if (hops >= limits.redirects || called.replay !== "safe" || next?.origin !== url.origin) {
      throw redirected(called, response.status, next);
    }
    url = next;
  }
}

/** A browser tells of a redirect that is not followed by its type alone. */
function isRedirect({ status, type }: Response): boolean {
  return [301, 302, 303, 307, 308].includes(status) || type === "opaqueredirect";
}

function redirectTarget({ headers }: Response, url: URL): URL | undefined {
  const location = headers.get("location");
  return location !== null && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
}

function redirected(called: CalledService, status: number, target: URL | undefined): SalesAgentError {
  return serviceFailure(called, "service.refused", {
    facts: { status },
    happened: `was redirected${target ? ` to ${target.host}` : ""} (${status}), which is not followed, since credentials could go astray`,
    words: "Check the path and the base URL.",
    replay: "safe",
  });
}

async function receive(
  response: Response,
  { called, limits }: Outgoing,
  { clock, readRateFacts }: ExchangeTools,
  signal: AbortSignal,
): Promise<ReceivedAnswer> {
  const { status, headers, ok } = response;
  const facts = readRateFacts(headers, clock.now());
  try {
    const { bytes, isCut } = await readBody(response.body, limits.responseBytes, signal);
    if (!isCut || !ok) return new ReceivedAnswer(response, bytes, facts);
  } catch (error) {
    // A refusal stands, however much of its words was lost.
    if (ok || signal.aborted) throw error;
    return new ReceivedAnswer(response, new Uint8Array(0), facts);
  }
  throw serviceFailure(called, "service.malformed_response", {
    facts: { status },
    happened: `answered more than ${limits.responseBytes} bytes; ask for less at once, or raise limits.responseBytes`,
    replay: called.replay,
  });
}

function discard(response: Response): void {
  response.body?.cancel().catch(() => {});
}

function late(called: CalledService, what: string, limitMs: number): SalesAgentError {
  return serviceFailure(called, "service.unavailable", {
    happened: `${what} within ${limitMs} ms`,
    replay: called.replay,
    cause: new SalesAgentError("call.timed_out", {
      message: `${called.service} ${what} within ${limitMs} ms.`,
      facts: { name: called.service, limitMs },
      replay: called.replay,
    }),
  });
}
