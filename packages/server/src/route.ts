import type { Permission, Principal } from "@salesagent/core/access";
import type { SalesAgent } from "@salesagent/core/app";
import type { TenantStorage } from "@salesagent/ports";
import { z } from "zod";
import type { Asked } from "./asked.js";
import type { BodySpec } from "./body.js";
import type { ServerScope } from "./server-scope.js";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What every handler is given, whoever asks. */
export interface PublicContext<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly sales: SalesAgent;
  /** Aborts when the caller leaves or the time is over. */
  readonly signal: AbortSignal;
  readonly request: Asked;
  readonly requestId: string;
  readonly server: ServerScope;
}

/** What the handler of a route for known principals is given. */
export interface RouteContext<Params, Query, Body> extends PublicContext<Params, Query, Body> {
  readonly principal: Principal;
  /** The stores of the principal's tenant; no other's are within reach. */
  readonly stores: TenantStorage;
}

/** What a route answers when all went well. */
export interface AnswerSpec {
  readonly description: string;
  /** @defaultValue 200 */
  readonly status?: 200 | 201 | 202 | 204;
  /** The shape of a JSON answer. */
  readonly schema?: z.ZodType;
  /** Of an answer that is no JSON, such as `text/event-stream`. */
  readonly mediaType?: string;
}

interface RouteShape<Params extends z.ZodType, Query extends z.ZodType, Body> {
  readonly method: Method;
  /** Below the prefix, such as `/leads/{id}`. */
  readonly path: string;
  /** Groups it in the document, such as `leads`. */
  readonly tag: string;
  readonly summary: string;
  /** @defaultValue none */
  readonly params?: Params | undefined;
  /** All of its values begin as texts. Names that it does not have are refused. @defaultValue none */
  readonly query?: Query | undefined;
  /** @defaultValue none: a body that comes all the same is not read */
  readonly body?: BodySpec<Body> | undefined;
  readonly answer: AnswerSpec;
  /** Another answer that is no refusal, with a status of its own. */
  readonly otherwise?: AnswerSpec | undefined;
  /** In milliseconds; `none` for answers that stream. @defaultValue the server's `limits.handlerMs` */
  readonly handlerMs?: number | "none" | undefined;
}

/** A route for principals with a permission. */
export interface RouteDefinition<Params extends z.ZodType, Query extends z.ZodType, Body>
  extends RouteShape<Params, Query, Body> {
  readonly permission: Permission;
  /** A `Response`, or a value that is sent as JSON; nothing where there is nothing to say. */
  readonly handler: (context: RouteContext<z.output<Params>, z.output<Query>, Body>) => Promise<unknown>;
}

/** A route for anybody: it has to prove by itself whatever it needs to. */
export interface PublicDefinition<Params extends z.ZodType, Query extends z.ZodType, Body>
  extends RouteShape<Params, Query, Body> {
  readonly handler: (context: PublicContext<z.output<Params>, z.output<Query>, Body>) => Promise<unknown>;
}

/** A route of the table. */
export interface Route extends RouteShape<z.ZodType, z.ZodType, unknown> {
  readonly permission: Permission | "public";
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  readonly handler: (context: RouteContext<unknown, unknown, unknown>) => Promise<unknown>;
}

const nothing = z.strictObject({});
type Nothing = typeof nothing;

/**
 * One row of the table of routes: what it takes, who may ask, what it answers and what it does. Validation, access, limits,
 * problems and the OpenAPI document follow from it.
 *
 * @example
 * ```ts
 * route({
 *   method: "GET",
 *   path: "/leads/{id}",
 *   tag: "leads",
 *   permission: "leads:read",
 *   summary: "A lead with its latest results",
 *   params: z.strictObject({ id: z.string() }),
 *   answer: { description: "The lead.", schema: leadSchema },
 *   handler: ({ stores, params, signal }) => need(stores.leads.get(params.id, { signal }), "lead", params.id),
 * });
 * ```
 */
export function route<
  Params extends z.ZodType = Nothing,
  Query extends z.ZodType = Nothing,
  Body = undefined,
>(definition: RouteDefinition<Params, Query, Body>): Route {
  const { params = nothing, query = nothing, handler } = definition;
  // What the handler is given has passed these very schemas.
  return { ...definition, params, query, handler: handler as Route["handler"] };
}

/** As {@link route}, for anybody: there is no principal. */
export function publicRoute<
  Params extends z.ZodType = Nothing,
  Query extends z.ZodType = Nothing,
  Body = undefined,
>(definition: PublicDefinition<Params, Query, Body>): Route {
  const { params = nothing, query = nothing, handler } = definition;
  return { ...definition, permission: "public", params, query, handler: handler as Route["handler"] };
}
