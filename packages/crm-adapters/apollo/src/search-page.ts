import type { ServiceClient } from "@salesagent/core/http";
import type { CrmCallOptions } from "@salesagent/ports";
import { numberOf, objectOf, rowsOf, type Wire } from "./wire.js";

/** Apollo tells no more than 500 pages of 100: 50,000 records, whatever is asked for. */
export const LAST_PAGE = 500;
export const LARGEST_PAGE = 100;

/** One page of a search. */
export interface SearchPage {
  readonly rows: readonly Wire[];
  /** How many there are in all, as Apollo says. */
  readonly total: number | undefined;
  /** Whether Apollo says that more pages come. It is believed only together with a page that is not full. */
  readonly hasMore: boolean;
}

/** Reads a page, counted from 1. */
export type SearchPages = (page: number) => Promise<SearchPage>;

/** What is searched for, and how. */
export interface Search {
  readonly client: ServiceClient;
  /** Apollo's word for the kind, in the path and in the answer. */
  readonly resource: "contacts" | "accounts" | "opportunities";
  readonly pageSize: number;
  readonly filter?: Wire;
  readonly sortBy?: string;
  readonly call?: CrmCallOptions | undefined;
}

/** Pages of a search, the last changed first where `sortBy` says so. */
export function searchPages({ client, resource, pageSize, filter = {}, sortBy, call }: Search): SearchPages {
  const sort = sortBy === undefined ? {} : { sort_by_field: sortBy, sort_ascending: false };
  const group = `${resource}/search`;
  return async (page) => {
    const asked = { page, per_page: pageSize };
    const answer =
      resource === "opportunities"
        ? await client.get("/opportunities/search", { ...call, query: asked, group })
        : await client.post(`/${resource}/search`, {
            ...call,
            json: { ...filter, ...sort, ...asked },
            replay: "safe",
            group,
          });
    const body = objectOf(answer.body());
    const pagination = objectOf(body["pagination"]);
    const rows = rowsOf(body[resource]);
    const pages = numberOf(pagination["total_pages"]);
    return {
      rows,
      total: numberOf(pagination["total_entries"]),
      hasMore: rows.length > 0 && (rows.length >= pageSize || (pages !== undefined && page < pages)),
    };
  };
}
