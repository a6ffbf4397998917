import { type JsonObject, SalesAgentError } from "@salesagent/ports";
import { Hono } from "hono";
import type { Asked } from "./asked.js";
import { preflight } from "./cors.js";
import { handleRequest, handleUnknown } from "./handle-request.js";
import { openApiDocument } from "./openapi.js";
import { notePeerAddress, peerAddressOf } from "./peer-address.js";
import { type Reply, toResponse } from "./reply.js";
import type { Route } from "./route.js";
import { allRoutes } from "./routes/index.js";
import type { ServerOptions } from "./server-options.js";
import { openScope, type ServerScope } from "./server-scope.js";
import { noteShortWay } from "./short-way.js";
import { studioRoutes } from "./studio/studio-routes.js";

/** The routes of an app, in any web-standard runtime. */
export interface SalesServer extends AsyncDisposable {
  /** Answers a request. Never rejects. */
  fetch(request: Request): Promise<Response>;
  /**
   * One route by itself, for hosts that mount it where they like.
   *
   * @param name - As in the document, such as `GET /leads/{id}`.
   * @returns Answers a request for it, wherever it came in; `params` are what the host's own path gave. Never rejects.
   * @throws `config.invalid` where there is no such route.
   */
  handler(name: string): (request: Request, params?: Readonly<Record<string, string>>) => Promise<Response>;
  /** All routes as OpenAPI 3.1. */
  openapi(): JsonObject;
  /** What its parts share: for mounts, such as WebSockets. @internal */
  readonly scope: ServerScope;
}

/**
 * Makes the server of an app. It listens nowhere: mount it in the host's own.
 *
 * @example
 * ```ts
 * const server = createServer({ sales, authorize: apiKeys(sales), prefix: "/sales" });
 * const response = await server.fetch(new Request("https://app.example.com/sales/leads"));
 * ```
 * @throws `config.invalid` with the path of the option that is wrong.
 */
export function createServer(options: ServerOptions): SalesServer {
  const scope = openScope(options);
  return serverOf(scope, allRoutes(), scope.studio ? studioRoutes : []);
}

/** A server of any table of routes, and of pages, which its document does not tell of. */
export function serverOf(
  scope: ServerScope,
  routes: readonly Route[],
  pages: readonly Route[] = [],
): SalesServer {
  const hono = new Hono({ strict: false });
  for (const route of [...routes, ...pages].sort(moreFixedFirst)) {
    const path = scope.prefix + route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    hono.on(route.method, path, ({ req }) =>
      asResponse(handleRequest(scope, route, req.raw, req.param() as Record<string, string>)),
    );
  }
  const methodsOf = allowedMethods(scope.prefix, [...routes, ...pages]);
  hono.notFound(({ req }) => {
    const allowed = methodsOf(new URL(req.url).pathname);
    return asResponse(preflight(req.raw, allowed, scope.cors) ?? handleUnknown(scope, req.raw, allowed));
  });
  const reply = async (asked: Asked): Promise<Reply> => hono.fetch(asked as Request);
  const fetch = async (request: Request) =>
    request.method === "HEAD" ? head(reply, request) : toResponse(await reply(request));
  let document: JsonObject | undefined;
  return {
    scope,
    fetch: noteShortWay(fetch, reply),
    handler(name) {
      const found = routes.find(({ method, path }) => name === `${method} ${path}`);
      if (!found) throw noSuchRoute(name);
      return async (request, params = {}) => toResponse(await handleRequest(scope, found, request, params));
    },
    openapi: () => (document ??= openApiDocument(routes, scope.prefix)),
    async [Symbol.asyncDispose]() {
      scope.eventFigures[Symbol.dispose]();
      await scope.syncs[Symbol.asyncDispose]();
      await scope.refusals.flush();
    },
  };
}

function noSuchRoute(name: string): SalesAgentError<"config.invalid"> {
  return new SalesAgentError("config.invalid", {
    message: `server.handler: there is no route ${JSON.stringify(name)}. Name one as the document does, such as "GET /leads/{id}".`,
    facts: { option: "handler" },
    replay: "safe",
  });
}

/** Hono hands on what it is asked and what it is answered, as they are. */
const asResponse = (reply: Reply | Promise<Reply>) => reply as Response | Promise<Response>;

/** As GET, without what it would send: a stream that nobody reads must not stay open. */
async function head(reply: (asked: Asked) => Promise<Reply>, request: Request): Promise<Response> {
  const get = notePeerAddress(new Request(request, { method: "GET" }), peerAddressOf(request));
  const response = toResponse(await reply(get));
  await response.body?.cancel();
  return new Response(null, { status: response.status, headers: response.headers });
}

/** `/sync/metrics` before `/sync/{connection}`, wherever they stand in the table. */
function moreFixedFirst(one: Route, other: Route): number {
  return one.path.replaceAll("{", "\uffff") < other.path.replaceAll("{", "\uffff") ? -1 : 1;
}

/** Which methods a path has. */
function allowedMethods(prefix: string, routes: readonly Route[]): (path: string) => readonly string[] {
  const patterns = routes.map(({ method, path }) => {
    const source = (prefix + path).replaceAll(/[.~]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/]+");
    return { method, pattern: new RegExp(`^${source}/?$`) };
  });
  return (path) => [
    ...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)),
  ];
}
