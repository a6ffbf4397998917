import { type CrmCallOptions, SalesAgentError } from "@salesagent/ports";
import type { CloseApi, ClosePage } from "./close-api.js";
import { incomplete } from "./search-source.js";
import type { SourcePage, StampField, StampSource } from "./stamp-walk.js";

/** Opportunities by a stamp, from their list, which can be ordered and bounded by it. */
export function opportunitySource(
  api: CloseApi,
  field: StampField,
  pageSize: number,
  call: CrmCallOptions | undefined,
): StampSource {
  const page = (from: string | undefined, skip: number) =>
    api.list(
      "/opportunity/",
      { _order_by: field, [`${field}__gte`]: from, _limit: pageSize, _skip: skip },
      call,
    );
  return {
    field,
    walkLimit: Number.POSITIVE_INFINITY,
    first: async (from) => sourcePage(await page(from, 0), 0),
    async more(from, next) {
      const [skip, lastId] = readPlace(next);
      // One row is read again: where it isn't the same, the list moved under us, and is read from its start.
      const answer = await unlessTooFar(() => page(from, skip - 1), skip);
      if (answer.rows[0]?.["id"] !== lastId) return undefined;
      return sourcePage(answer, skip - 1);
    },
    crowded() {
      throw incomplete("deal", "its list ends within one stamp");
    },
  };
}

function sourcePage({ rows, hasMore, serverMs }: ClosePage, skip: number): SourcePage {
  const last = rows.at(-1);
  const next = hasMore && last !== undefined ? `${skip + rows.length} ${String(last["id"])}` : undefined;
  return { rows, next, serverMs };
}

function readPlace(next: string): readonly [number, string] {
  const [skip = "", id = ""] = next.split(" ");
  return [Number(skip), id];
}

/** `_skip` has a maximum of its own for each list. */
async function unlessTooFar(ask: () => Promise<ClosePage>, skip: number): Promise<ClosePage> {
  try {
    return await ask();
  } catch (error) {
    if (!SalesAgentError.is(error, "service.refused") || error.facts.status !== 400) throw error;
    throw incomplete("deal", `more than ${skip} share one stamp, which is as far as the list goes`, error);
  }
}
