import type { SalesServer } from "../create-server.js";

type Handler = (request: Request) => Promise<Response>;

/** What a route file of the app router exports. */
export interface NextHandlers {
  readonly GET: Handler;
  readonly HEAD: Handler;
  readonly POST: Handler;
  readonly PUT: Handler;
  readonly PATCH: Handler;
  readonly DELETE: Handler;
  readonly OPTIONS: Handler;
}

/**
 * The routes as a catch-all route of Next's app router. The folder and the server's `prefix` say the same: `app/sales/[...path]` and
 * `/sales`. Route files have no WebSockets; pages follow streams by server-sent events.
 *
 * @example
 * ```ts
 * // app/sales/[...path]/route.ts
 * export const runtime = "nodejs";
 * export const dynamic = "force-dynamic";
 * export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = next(server);
 * ```
 */
export function next(server: Pick<SalesServer, "fetch">): NextHandlers {
  const handler: Handler = (request) => server.fetch(request);
  return {
    ...{ GET: handler, HEAD: handler, POST: handler, PUT: handler },
    ...{ PATCH: handler, DELETE: handler, OPTIONS: handler },
  };
}
