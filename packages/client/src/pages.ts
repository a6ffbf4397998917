import { malformed } from "./client-error.js";
import type { Connection, Query } from "./connection.js";

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** What the page after this one begins after; absent on the last. */
  readonly next?: string;
}

/** A list, page by page. */
export interface ListOptions {
  /** The `next` of an earlier page. @defaultValue from the first */
  readonly after?: string | undefined;
  /** Items of a page. @defaultValue the server's */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The pages of a list; each is asked for when it is read. */
export async function* readPages<Item>(
  connection: Connection,
  path: string,
  { signal, after: first, ...query }: ListOptions & object,
): AsyncGenerator<Page<Item>, void, void> {
  let after = first;
  for (;;) {
    const page = await connection.ask<Page<Item>>("GET", path, {
      query: { ...(query as Query), after },
      signal,
    });
    if (!Array.isArray(page?.items)) throw malformed(`A page of ${path} has no items.`);
    yield page;
    if (!page.next) return;
    if (page.next === after) throw malformed(`The pages of ${path} go round in a circle.`);
    after = page.next;
  }
}
