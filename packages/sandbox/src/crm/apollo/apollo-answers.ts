import { jsonAnswer } from "../shared/index.js";
import type { ApolloRow } from "./apollo-row.js";

/** 401, as plain text. */
export const invalidKey = () =>
  new Response(
    "Invalid API key. See https://docs.apollo.io/reference/authentication for how to authenticate.",
    {
      status: 401,
      headers: { "content-type": "text/plain" },
    },
  );

/** 403: the key is sound, and not for this endpoint. */
export const inaccessible = (endpoint: string) =>
  jsonAnswer(
    { error: `This API key is not authorized to access ${endpoint}.`, error_code: "API_INACCESSIBLE" },
    403,
  );

/** 404 of a record; 422 for what can't be an id. */
export const notFound = (what: string, id = "") =>
  id === "" || /^[0-9a-f]{24}$/.test(id)
    ? jsonAnswer({ error: `${what} not found` }, 404)
    : unprocessable("Parameters misconfigured. id is not a valid ID");

/** 422, in the shorter of its two forms. */
export const unprocessable = (error: string) => jsonAnswer({ error }, 422);

/** 400 or 422, in the longer form. */
export const failed = (status: number, code: string, message: string) =>
  jsonAnswer({ status: "failed", error_code: code, error_message: message }, status);

/** Where a page lies, of a request's query and body. */
export interface PageAsked {
  readonly page: number;
  readonly perPage: number;
}

/** Pages go no further than this, of no more than so many. */
const LAST_PAGE = 500;
const LARGEST_PAGE = 100;

/** One page of rows, as every search answers. */
export function pageAnswer(name: string, rows: readonly ApolloRow[], { page, perPage }: PageAsked): Response {
  if (page > LAST_PAGE) return unprocessable(`Page must be at most ${LAST_PAGE}.`);
  const size = Math.min(perPage, LARGEST_PAGE);
  return jsonAnswer({
    breadcrumbs: [],
    partial_results_only: false,
    pagination: {
      page,
      per_page: size,
      total_entries: rows.length,
      total_pages: Math.ceil(rows.length / size),
    },
    [name]: rows.slice((page - 1) * size, page * size),
  });
}
