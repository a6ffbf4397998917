import { type AnyTool, defineTool, type ToolContext, type WriteRules } from "@salesagent/core/tools";
import { z } from "zod";
import { blocked } from "../../egress/blocked.js";
import { isTextual } from "../../egress/decode-text.js";
import { type GuardOptions, resolveGuard } from "../../egress/guard-options.js";
import { type GuardedRequest, guardedRequest, type RequestGuard } from "../../egress/guarded-request.js";
import { type HostHeaders, ownHeadersFor } from "../../egress/own-headers.js";
import { secretsOf } from "../../egress/secrets.js";
import { parseUrl } from "../parse-url.js";
import { type HttpRequestOutput, toHttpOutput } from "./http-output.js";

/** A method that the tool can be allowed to use. */
export type HttpMethod = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface HttpRequestOptions extends GuardOptions {
  /** @defaultValue GET and HEAD */
  readonly methods?: readonly HttpMethod[] | undefined;
  /**
   * `read` says that none of these requests changes anything, such as a search by POST.
   * @defaultValue "read" for GET and HEAD alone, else "write"
   */
  readonly effect?: "read" | "write" | undefined;
  /** Headers of yours, such as keys, each for one host. Models neither see nor set them. */
  readonly ownHeaders?: HostHeaders | undefined;
  /** Headers that a model may set besides `accept`, `accept-language` and `content-type`. @defaultValue none */
  readonly modelHeaders?: readonly string[] | undefined;
  /** Of a tool that writes: gates, approval, and how to find out whether a request was carried out. */
  readonly rules?: Omit<WriteRules<HttpInput, HttpRequestOutput>, "target"> | undefined;
  /** How long a request may take with its redirects and its body, in milliseconds. @defaultValue 15_000 */
  readonly timeoutMs?: number | undefined;
}

/** What a model gives `http_request`. */
export interface HttpInput {
  readonly url: string;
  readonly method: HttpMethod;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

const BODY = z.string().max(100_000).optional().describe("The body, as text or JSON.");

const MODEL_HEADERS = ["accept", "accept-language", "content-type"];

/**
 * The tool `http_request`: requests to the hosts that you allow, never to private addresses, with the answer as text or
 * JSON. A status such as 404 is an answer, not an error. Methods that change something make it a tool that writes: each
 * request carries an `idempotency-key`, the same on every attempt.
 *
 * @example
 * ```ts
 * httpRequest({
 *   allowedHosts: ["api.example.com"],
 *   egress: nodeEgress(),
 *   ownHeaders: { "api.example.com": () => ({ authorization: `Bearer ${readKey()}` }) },
 * });
 * ```
 * @throws TypeError or RangeError naming the option that is wrong. The tool itself: `http.blocked`, `service.…`.
 */
export function httpRequest(options: HttpRequestOptions): AnyTool {
  const { methods = ["GET", "HEAD"], timeoutMs = 15_000, ownHeaders = {} } = options;
  const [first, ...rest] = methods;
  if (first === undefined) throw new TypeError("http_request.methods is empty");
  const readsOnly = methods.every((method) => method === "GET" || method === "HEAD");
  const guard = { ...resolveGuard(options, "http_request"), reads: isTextual };
  const allowed = new Set(
    [...MODEL_HEADERS, ...(options.modelHeaders ?? [])].map((name) => name.toLowerCase()),
  );
  const fields = {
    url: z.string().max(4_000).describe("Absolute URL, http or https."),
    method: z.enum([first, ...rest]).default(first),
    headers: z.record(z.string().max(100), z.string().max(1_000)).optional(),
  };
  const send = (input: HttpInput, context: ToolContext, more: Readonly<Record<string, string>> = {}) => {
    const toSend = toRequest(input, allowed);
    return request(guard, ownHeaders, { ...toSend, headers: { ...toSend.headers, ...more } }, context.signal);
  };
  const common = {
    name: "http_request",
    description: describe(options, methods),
    input: readsOnly ? z.object(fields) : z.object({ ...fields, body: BODY }),
    origin: "external",
    timeoutMs,
    maxOutputChars: guard.maxBytes * 6 + 10_000,
  } as const;
  if ((options.effect ?? (readsOnly ? "read" : "write")) === "read") {
    return defineTool<HttpInput, HttpRequestOutput>({ ...common, effect: "read", run: send });
  }
  return defineTool<HttpInput, HttpRequestOutput>({
    ...common,
    ...options.rules,
    effect: "write",
    target: ({ method, url }) => `${method} ${parseUrl(url).href}`,
    run: (input, context) => send(input, context, { "idempotency-key": context.idempotencyKey }),
  });
}

async function request(
  guard: RequestGuard,
  sources: HostHeaders,
  toSend: GuardedRequest,
  signal: AbortSignal,
): Promise<HttpRequestOutput> {
  const secrets: string[] = [];
  const ownHeaders = async (url: URL) => {
    const headers = await ownHeadersFor(url, sources, guard.allowPrivate);
    secrets.push(...secretsOf(headers));
    return headers;
  };
  return toHttpOutput(await guardedRequest({ ...guard, ownHeaders }, toSend, signal), secrets);
}

function toRequest(
  { url: text, method, headers = {}, body }: HttpInput,
  allowed: ReadonlySet<string>,
): GuardedRequest {
  const url = parseUrl(text);
  const sent: Record<string, string> = {
    accept: "application/json, text/*;q=0.9",
    "user-agent": "salesagent",
  };
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (!allowed.has(name) || /[^\t\x20-\x7e]/.test(value)) {
      throw blocked(
        url.host,
        "header",
        `The header "${name}" can't be set here. Allowed are: ${[...allowed].join(", ")}.`,
      );
    }
    sent[name] = value;
  }
  if (body === undefined || method === "GET" || method === "HEAD") return { url, method, headers: sent };
  return { url, method, headers: { "content-type": contentTypeOf(body), ...sent }, body };
}

function contentTypeOf(body: string): string {
  return /^\s*[[{]/.test(body) ? "application/json" : "text/plain; charset=utf-8";
}

function describe({ allowedHosts }: HttpRequestOptions, methods: readonly HttpMethod[]): string {
  const where = allowedHosts === "any" ? "any public host" : allowedHosts.join(", ");
  return `Sends an HTTP request (${methods.join(", ")}) and returns the status and the body as JSON or text. Allowed hosts: ${where}.`;
}
