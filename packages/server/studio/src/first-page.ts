import type { Page } from "@salesagent/client";

/** One page of a list that the client reads page by page. */
export async function firstPage<Item>(pages: AsyncGenerator<Page<Item>, void, void>): Promise<Page<Item>> {
  const { value } = await pages.next();
  await pages.return();
  return value ?? { items: [] };
}
