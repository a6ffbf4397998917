import { isRecord, type RouteCall } from "../shared/index.js";
import type { PageAsked } from "./apollo-answers.js";
import type { ApolloWorld } from "./apollo-world.js";

/** A request that was let in, read. */
export interface ApolloCall {
  readonly world: ApolloWorld;
  readonly params: RouteCall["params"];
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}

/** One endpoint. `name` is that of a key's scope, such as `api/v1/contacts/search`. */
export interface ApolloRoute {
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly name: string;
  /** Whose limits it has. @defaultValue "general" */
  readonly limits?: "general" | "enrichment" | "contact-search";
  readonly answer: (call: ApolloCall) => Response;
}

/** A value of the query, or else of the body: Apollo takes many in either. */
export function given({ query, body }: ApolloCall, name: string): string | undefined {
  const value = query.get(name) ?? body[name];
  return typeof value === "string" && value !== ""
    ? value
    : typeof value === "number"
      ? String(value)
      : undefined;
}

export const isTrue = (call: ApolloCall, name: string): boolean =>
  given(call, name) === "true" || call.body[name] === true;

/** The texts of a list, such as `person_titles[]`. */
export function listGiven({ query, body }: ApolloCall, name: string): readonly string[] {
  const inBody = body[name];
  const texts = Array.isArray(inBody) ? inBody.filter((one): one is string => typeof one === "string") : [];
  return [...query.getAll(`${name}[]`), ...texts];
}

export function pageGiven(call: ApolloCall): PageAsked {
  const whole = (name: string, otherwise: number) => {
    const value = Number(given(call, name) ?? otherwise);
    return Number.isInteger(value) && value > 0 ? value : otherwise;
  };
  return { page: whole("page", 1), perPage: whole("per_page", 25) };
}

/** The objects of a list in the body. */
export function rowsGiven(
  { body }: ApolloCall,
  name: string,
): readonly Record<string, unknown>[] | undefined {
  const rows = body[name];
  return Array.isArray(rows) && rows.every(isRecord) ? rows : undefined;
}
