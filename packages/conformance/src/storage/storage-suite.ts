import type { Storage } from "@salesagent/ports";
import type { Runner } from "../runner.js";

/** What every part of the storage suite works with. */
export interface StorageSuite extends Runner {
  /** A fresh, migrated and empty storage for each case. */
  readonly open: () => Promise<Storage>;
}

/** More pages than any case makes. */
const MOST_PAGES = 1000;

/** Reads a list page by page to its end. */
export async function readAll<T>(
  list: (page: { readonly limit: number; readonly after?: string }) => Promise<{
    readonly items: readonly T[];
    readonly next?: string;
  }>,
  limit: number,
): Promise<readonly T[]> {
  const items: T[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await list(after === undefined ? { limit } : { limit, after });
    items.push(...page.items);
    after = page.next;
    if (after === undefined) return items;
  }
  throw new Error(`the list does not end: ${MOST_PAGES} pages of ${limit} were read`);
}
