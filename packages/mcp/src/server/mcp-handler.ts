import { type Clock, systemClock } from "@salesagent/ports";
import type { McpServer } from "./create-mcp-server.js";
import { type HttpSession, HttpSessions } from "./http-sessions.js";
import type { McpPrincipal } from "./served-tool.js";

export interface McpHandlerOptions {
  /** How long a session that nobody uses is kept, in milliseconds. @defaultValue 1_800_000, half an hour */
  readonly idleMs?: number | undefined;
  /** The most sessions in all; of those that nobody uses, the oldest makes room. @defaultValue 1_000 */
  readonly maxSessions?: number | undefined;
  /** The most sessions of one principal. @defaultValue 20 */
  readonly maxSessionsPerPrincipal?: number | undefined;
  /** The largest message, in bytes. @defaultValue 1_000_000 */
  readonly maxBodyBytes?: number | undefined;
  /** Origins of web pages that may ask, besides the handler's own, such as `https://app.example.com`. @defaultValue none */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
}

/** Serves streamable HTTP at one path, in any web-standard server. */
export interface McpHandler<Principal extends McpPrincipal = McpPrincipal> extends AsyncDisposable {
  /** @param principal - Whom the host has identified: the handler itself lets in whoever is given to it. */
  (request: Request, principal: Principal): Promise<Response>;
}

/**
 * A server over streamable HTTP. Sessions are kept in this process, so that a client can cancel what it began: where several
 * processes serve, a client has to reach the same one, or it begins anew.
 *
 * @throws RangeError naming the limit.
 */
export function mcpHandler<Principal extends McpPrincipal>(
  server: McpServer<Principal>,
  options: McpHandlerOptions = {},
): McpHandler<Principal> {
  const { maxBodyBytes = 1_000_000, allowedOrigins = [], clock = systemClock } = options;
  const limits = {
    idleMs: options.idleMs ?? 1_800_000,
    maxSessions: options.maxSessions ?? 1_000,
    maxSessionsPerPrincipal: options.maxSessionsPerPrincipal ?? 20,
  };
  for (const [option, value] of Object.entries({ ...limits, maxBodyBytes })) {
    if (!(value > 0)) throw new RangeError(`mcpHandler.${option} must be > 0, got ${value}`);
  }
  const sessions = new HttpSessions(limits, clock);
  const handle = async (request: Request, principal: Principal): Promise<Response> => {
    if (isForeign(request, allowedOrigins)) return refuse(403, "This origin may not ask.");
    const id = request.headers.get("mcp-session-id");
    if (id !== null) {
      // Another's session and none are told apart by nobody.
      const session = sessions.find(id, principal);
      return session ? answer(session, request) : refuse(404, "Session not found");
    }
    if (request.method !== "POST") return refuse(400, "Mcp-Session-Id is missing.");
    if (!(await sessions.makeRoom(principal))) return refuse(429, "Too many sessions; end some.");
    return answer(await openHttpSession(server, sessions, principal, maxBodyBytes), request);
  };
  return Object.assign(handle, { [Symbol.asyncDispose]: () => sessions[Symbol.asyncDispose]() });
}

async function openHttpSession<Principal extends McpPrincipal>(
  server: McpServer<Principal>,
  sessions: HttpSessions,
  principal: Principal,
  maxBodyBytes: number,
): Promise<HttpSession> {
  const { WebStandardStreamableHTTPServerTransport } = await import(
    "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js"
  );
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => crypto.randomUUID(),
    maxRequestBodySize: maxBodyBytes,
    onsessioninitialized: (id) => sessions.keep(id, principal, held),
    onsessionclosed: (id) => sessions.forget(id),
  });
  const session = await server.connect(transport, principal);
  const held: HttpSession = { transport, session };
  return held;
}

async function answer({ transport, session }: HttpSession, request: Request): Promise<Response> {
  const response = await transport.handleRequest(request);
  // Nothing was begun: what is no request to begin a session leaves none.
  if (transport.sessionId === undefined) await session[Symbol.asyncDispose]();
  return response;
}

/** A page of another origin that a browser sends here, with whatever the browser knows of the user. */
function isForeign(request: Request, allowed: readonly string[]): boolean {
  const origin = request.headers.get("origin");
  return origin !== null && origin !== new URL(request.url).origin && !allowed.includes(origin);
}

function refuse(status: number, message: string): Response {
  const body = JSON.stringify({ jsonrpc: "2.0", error: { code: -32_000, message }, id: null });
  return new Response(body, { status, headers: { "content-type": "application/json" } });
}
