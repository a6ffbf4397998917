import {
  createServiceClient,
  type Fetch,
  type Secret,
  type ServiceClient,
  type ServiceRetryOptions,
  urlPath,
} from "@salesagent/core/http";
import { type CallOptions, type Clock, onAbort, SalesAgentError, systemClock, wait } from "@salesagent/ports";
import type { BrowserPage, BrowserSession, BrowserSessions } from "./browser-sessions.js";
import { DevtoolsConnection, objectOf, type SocketLike } from "./devtools-connection.js";

/** What Browserbase is reached by. */
export interface BrowserbaseAuth {
  readonly apiKey: Secret;
  /** @defaultValue the key's own project */
  readonly projectId?: string | undefined;
}

/** How browsers run. */
export interface BrowserbaseOptions {
  /** @defaultValue "https://api.browserbase.com" */
  readonly baseUrl?: string | URL | undefined;
  /** Connects to a browser. @defaultValue the platform's `WebSocket`, which Node has from 22 on */
  readonly connect?: ((url: string) => SocketLike) | undefined;
  /** After so long a session ends by itself, in seconds, 60–21,600. @defaultValue 120 */
  readonly sessionSeconds?: number | undefined;
  /** How long a page may take to load, in milliseconds. @defaultValue 30,000 */
  readonly pageTimeoutMs?: number | undefined;
  /** Such as `eu-central-1`. @defaultValue Browserbase's */
  readonly region?: string | undefined;
  /** Browsers go only there. @defaultValue linkedin.com */
  readonly allowedDomains?: readonly string[] | undefined;
  readonly fetch?: Fetch | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
  readonly retry?: ServiceRetryOptions | false | undefined;
}

/**
 * Browsers of Browserbase.
 *
 * @throws TypeError or RangeError naming the option that makes no sense.
 * @see https://docs.browserbase.com
 */
export function browserbase(auth: BrowserbaseAuth, options: BrowserbaseOptions = {}): BrowserSessions {
  const { sessionSeconds = 120, pageTimeoutMs = 30_000, clock = systemClock } = options;
  if (!Number.isInteger(sessionSeconds) || sessionSeconds < 60 || sessionSeconds > 21_600) {
    throw new RangeError(
      `browserbase.sessionSeconds must be a whole number from 60 to 21,600, got ${sessionSeconds}`,
    );
  }
  const client = createServiceClient({
    service: "browserbase",
    baseUrl: options.baseUrl ?? "https://api.browserbase.com",
    auth: { type: "header", name: "x-bb-api-key", value: auth.apiKey },
    fetch: options.fetch,
    clock,
    random: options.random,
    retry: options.retry,
  });
  const connect = options.connect ?? platformSocket;
  const json = {
    ...(auth.projectId === undefined ? {} : { projectId: auth.projectId }),
    ...(options.region === undefined ? {} : { region: options.region }),
    timeout: sessionSeconds,
    keepAlive: false,
    // nothing is solved or recorded: a challenge is where reading ends
    browserSettings: {
      solveCaptchas: false,
      recordSession: false,
      allowedDomains: options.allowedDomains ?? ["linkedin.com"],
    },
  };
  return {
    port: "browser-sessions/1",
    provider: "browserbase",
    open: async (call) => {
      const answer = await client.post("/v1/sessions", { ...call, json });
      const { id, connectUrl } = objectOf(answer.body());
      if (typeof id !== "string" || typeof connectUrl !== "string") throw malformed();
      return session({ client, id, connectUrl, connect, clock, pageTimeoutMs });
    },
  };
}

interface SessionMeans {
  readonly client: ServiceClient;
  readonly id: string;
  readonly connectUrl: string;
  readonly connect: (url: string) => SocketLike;
  readonly clock: Clock;
  readonly pageTimeoutMs: number;
}

function session({ client, id, connectUrl, connect, clock, pageTimeoutMs }: SessionMeans): BrowserSession {
  let devtools: DevtoolsConnection | undefined;
  let closing: Promise<void> | undefined;
  const release = async () => {
    devtools?.close();
    await client.post(urlPath`/v1/sessions/${id}`, { json: { status: "REQUEST_RELEASE" }, replay: "safe" });
  };
  return {
    id,
    read: async (url, call) => {
      devtools ??= new DevtoolsConnection(connect(connectUrl), "browserbase");
      return await withinTime(clock, pageTimeoutMs, call, (signal) => readPage(devtools, url, signal));
    },
    close: () => {
      closing ??= release();
      return closing;
    },
  };
}

async function readPage(
  devtools: DevtoolsConnection | undefined,
  url: string,
  signal: AbortSignal,
): Promise<BrowserPage> {
  if (devtools === undefined) throw malformed();
  const { targetId } = await devtools.send("Target.createTarget", { url: "about:blank" }, { signal });
  const attached = await devtools.send("Target.attachToTarget", { targetId, flatten: true }, { signal });
  const sessionId = String(attached["sessionId"]);
  const call = { signal, sessionId };
  await devtools.send("Page.enable", {}, call);
  await devtools.send("Network.enable", {}, call);
  let status: number | undefined;
  const unlisten = devtools.onEvent(({ method, params }) => {
    const told = objectOf(params["response"])["status"];
    if (method === "Network.responseReceived" && params["type"] === "Document" && typeof told === "number")
      status = told;
  });
  try {
    const loaded = devtools.next(({ method }) => method === "Page.loadEventFired", signal);
    const went = devtools.send("Page.navigate", { url }, call).then(arrived);
    await Promise.all([went, loaded]);
    const html = await evaluated(devtools, "document.documentElement.outerHTML", call);
    const at = await evaluated(devtools, "location.href", call);
    await devtools.send("Target.closeTarget", { targetId }, { signal });
    return { url: at, html, ...(status === undefined ? {} : { status }) };
  } finally {
    unlisten();
  }
}

/** @throws `service.unavailable` when the browser did not reach the page. */
function arrived({ errorText }: Readonly<Record<string, unknown>>): void {
  if (typeof errorText !== "string" || errorText === "") return;
  throw new SalesAgentError("service.unavailable", {
    message: "browserbase: the browser did not reach the page. Try again.",
    facts: { service: "browserbase", vendorCode: errorText.slice(0, 100) },
    replay: "safe",
  });
}

async function evaluated(
  devtools: DevtoolsConnection,
  expression: string,
  call: CallOptions & { readonly sessionId: string },
): Promise<string> {
  const { result } = await devtools.send("Runtime.evaluate", { expression, returnByValue: true }, call);
  const { value } = objectOf(result);
  return typeof value === "string" ? value : "";
}

/** @throws `call.timed_out`; the caller's reason. */
async function withinTime<T>(
  clock: Clock,
  limitMs: number,
  caller: CallOptions | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const over = new AbortController();
  const late = wait(clock, limitMs, over.signal).then(() => {
    const error = new SalesAgentError("call.timed_out", {
      message: `browserbase: the page did not load within ${limitMs} ms. Try again, or raise pageTimeoutMs.`,
      facts: { name: "browserbase page", limitMs },
      replay: "safe",
    });
    stop.abort(error);
    throw error;
  });
  const { signal } = caller ?? {};
  signal?.throwIfAborted();
  const release = signal === undefined ? () => {} : onAbort(signal, () => stop.abort(signal.reason));
  try {
    return await Promise.race([work(stop.signal), late]);
  } finally {
    release();
    over.abort();
    late.catch(() => {});
  }
}

function platformSocket(url: string): SocketLike {
  const Socket: (new (url: string) => SocketLike) | undefined = globalThis.WebSocket;
  if (Socket === undefined) {
    throw new TypeError(
      "browserbase.connect must be given where the platform has no WebSocket, such as Node 20",
    );
  }
  return new Socket(url);
}

function malformed(): SalesAgentError {
  return new SalesAgentError("service.malformed_response", {
    message:
      "browserbase: it began a session without telling its id or where to connect. The session ends by itself.",
    facts: { service: "browserbase" },
    replay: "unsafe",
  });
}
