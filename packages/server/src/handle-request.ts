import { type Principal, requirePermission } from "@salesagent/core/access";
import { SalesAgentError } from "@salesagent/ports";
import { askWho } from "./access.js";
import type { Asked } from "./asked.js";
import { allowOrigin } from "./cors.js";
import { refuseCrossSite } from "./cross-site.js";
import { problemReply } from "./problem-reply.js";
import { isReply, type Reply, TextReply } from "./reply.js";
import type { Route } from "./route.js";
import type { ServerScope } from "./server-scope.js";
import { takeBody } from "./take-body.js";
import { withTimeLimit } from "./time-limit.js";
import { queryOf, validate } from "./validate.js";
import { isCrowding } from "./work-line.js";

/** One request on its way through the server. */
export interface Exchange {
  readonly scope: ServerScope;
  readonly route: Route;
  readonly request: Asked;
  readonly requestId: string;
  /** As the path gave them. */
  readonly params: Readonly<Record<string, string>>;
}

const CALLERS_ID = /^[\w.-]{1,100}$/;

/** Answers a request for a route of the table. Never rejects. */
export async function handleRequest(
  scope: ServerScope,
  route: Route,
  request: Asked,
  params: Readonly<Record<string, string>>,
): Promise<Reply> {
  const startedMs = scope.clock.elapsed();
  const requestId = requestIdOf(request, scope);
  const exchange = { scope, route, request, requestId, params };
  let reply: Reply;
  try {
    reply = toReply(route, await answer(exchange));
  } catch (error) {
    if (route.permission === "public") scope.strangers.note(request, error);
    reply = refuse(scope, error, { request, requestId, route: nameOf(route) });
  }
  scope.requests.add(nameOf(route), reply.status, scope.clock.elapsed() - startedMs);
  return finish(scope, request, reply, requestId);
}

/** Answers a request that no route takes. */
export function handleUnknown(scope: ServerScope, request: Asked, allowed: readonly string[]): Reply {
  const requestId = requestIdOf(request, scope);
  const error = scope.strangers.refusal(request) ?? unknownRoute(allowed);
  scope.strangers.note(request, error);
  const reply = refuse(scope, error, { request, requestId });
  scope.requests.add("unknown", reply.status, 0);
  return finish(scope, request, reply, requestId);
}

function unknownRoute(allowed: readonly string[]): SalesAgentError<"request.unknown_route"> {
  const message = allowed.length > 0 ? `This path takes ${allowed.join(", ")}.` : "There is no such route.";
  return new SalesAgentError("request.unknown_route", { message, facts: { allowed }, replay: "safe" });
}

async function answer(exchange: Exchange): Promise<unknown> {
  const { scope, route, request } = exchange;
  if (route.permission === "public") admitStranger(exchange);
  const principal = route.permission === "public" ? undefined : await admit(exchange, route.permission);
  const params = validate("params", route.params, exchange.params);
  const query = validate("query", route.query, queryOf(request.url));
  const body = await takeBody(request, route.body, scope);
  const limitMs = route.handlerMs ?? scope.limits.handlerMs;
  const { signal: caller, controller } = request;
  const limit = { name: nameOf(route), clock: scope.clock, limitMs, caller, controller };
  const handle = (signal: AbortSignal) => {
    const { sales } = scope;
    const { requestId } = exchange;
    const context = { params, query, body, sales, signal, request, requestId, server: scope };
    // A public route's handler knows no principal; its type says so.
    const known = { principal, stores: principal && sales.storage.tenant(principal.tenant) } as {
      readonly principal: Principal;
      readonly stores: ReturnType<typeof sales.storage.tenant>;
    };
    return route.handler({ ...context, ...known });
  };
  const work = () => withTimeLimit(handle, limit);
  return isAlwaysAnswered(route) ? work() : lineOf(scope, route).run(work, caller);
}

/** What takes nothing of anybody, such as `/health`: it has to answer also where the process is busy. */
const isAlwaysAnswered = ({ permission, body }: Route): boolean => permission === "public" && !body;

const lineOf = ({ work, longWork }: ServerScope, { handlerMs }: Route) =>
  handlerMs === undefined ? work : longWork;

/** Who asks, where it may. @throws `access.*`; what is refused of a known principal is audited. */
export async function admit(
  { scope, route, request, requestId }: Omit<Exchange, "params">,
  permission: Exclude<Route["permission"], "public">,
  refuseOrigin = refuseCrossSite,
): Promise<Principal> {
  const principal = await ask(scope, request);
  const { tenant, id: actor } = principal;
  const audit = (code: string) =>
    scope.refusals.add({ tenant, actor, route: nameOf(route), code, requestId, permission });
  const limited = scope.rate.take(principal);
  if (limited) {
    if (limited.isFirst) audit(limited.error.code);
    throw limited.error;
  }
  try {
    refuseOrigin(request, scope.trusted);
    requirePermission(principal, permission);
  } catch (error) {
    if (SalesAgentError.is(error)) audit(error.code);
    throw error;
  }
  return principal;
}

/** Where a body would be read for nobody. What takes none is answered as easily as it is refused. */
function admitStranger({ scope, route, request }: Exchange): void {
  const refusal = route.body && scope.strangers.refusal(request);
  if (refusal) throw refusal;
}

async function ask({ strangers, authorize }: ServerScope, request: Asked): Promise<Principal> {
  const refusal = strangers.refusal(request);
  if (refusal) throw refusal;
  try {
    return await askWho(authorize, request);
  } catch (error) {
    strangers.note(request, error);
    throw error;
  }
}

function refuse(
  scope: ServerScope,
  error: unknown,
  about: { readonly request: Asked; readonly requestId: string; readonly route?: string },
): TextReply {
  const { request, requestId, route } = about;
  // Whoever asked is gone: nobody reads this, and nothing failed.
  if (request.signal.aborted && !SalesAgentError.is(error)) return new TextReply(499, null);
  const { reply, isFault } = problemReply(error, { requestId, errorDocs: scope.errorDocs });
  if (isFault && !isCrowding(error))
    scope.onError(error, { requestId, ...(route !== undefined && { route }) });
  return reply;
}

function toReply({ answer: { status = 200 } }: Route, value: unknown): Reply {
  if (isReply(value)) return value;
  if (value === undefined) return new TextReply(status === 200 ? 204 : status, null);
  return new TextReply(status, JSON.stringify(value), { "content-type": "application/json" });
}

/** What every answer carries. */
function finish(scope: ServerScope, request: Asked, reply: Reply, requestId: string): Reply {
  const { headers } = reply;
  headers.set("x-request-id", requestId);
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  allowOrigin(request, headers, scope.cors);
  return reply;
}

export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** The caller's own id where it has one, so that its log and ours name the same. */
export function requestIdOf(request: Asked, { createId }: ServerScope): string {
  const given = request.headers.get("x-request-id");
  return given !== null && CALLERS_ID.test(given) ? given : createId();
}
