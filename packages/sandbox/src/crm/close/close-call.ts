import { readJsonObject } from "../shared/json-answer.js";
import type { Route, RouteCall } from "../shared/routes.js";
import type { CloseActor } from "./close-doc.js";
import { CloseRefusal, plainRefusal } from "./close-refusal.js";

/** A call of the API as its endpoints see it. */
export interface CloseCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly actor: CloseActor;
}

/** What an endpoint answers: a body under 200, or under a status of its own. */
export type CloseAnswer = (call: CloseCall) => unknown;

/** An endpoint before it is a route. */
export interface CloseEndpoint {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Without `/api/v1`. */
  readonly path: string;
  readonly status?: number;
  readonly answer: CloseAnswer;
}

/** The id part of a path, which a route always has. */
export function idOf({ params }: CloseCall): string {
  return params["id"] ?? "";
}

/** What became of a call. */
export interface CloseOutcome {
  readonly status: number;
  readonly body: unknown;
}

/** Runs an endpoint; a refusal is an outcome too. */
export async function runEndpoint(
  endpoint: CloseEndpoint,
  { request, url, params }: RouteCall,
  actor: CloseActor,
): Promise<CloseOutcome> {
  try {
    const body = await readJsonObject(request);
    if (body === undefined) throw plainRefusal("The request body is not a JSON object.");
    const answer = await endpoint.answer({ params, query: url.searchParams, body, actor });
    return { status: endpoint.status ?? 200, body: answer };
  } catch (error) {
    if (error instanceof CloseRefusal) return { status: error.status, body: error.body };
    throw error;
  }
}

/** Whose rate an endpoint counts against: its method and the family of its path. */
export function groupOf({ method, path }: Pick<Route, "method" | "path">): string {
  const family = path
    .split("/")
    .slice(1, 3)
    .filter((part) => part !== "" && !part.startsWith(":"));
  return `${method} ${family.join("/")}`;
}
