import type { CrmKind } from "@salesagent/ports";
import { walkIncomplete } from "./crm-errors.js";
import { LAST_PAGE, type SearchPages } from "./search-page.js";
import { textOf, type Wire } from "./wire.js";

/** Some of what a walk brings; `page` is the next one, absent when it is over. */
export interface SteadyStep {
  readonly rows: readonly Wire[];
  readonly page?: number;
  readonly total: number | undefined;
}

/** How often a walk begins again because records moved between its pages. */
const MOST_PASSES = 10;

/**
 * Walks over records whose order nobody promises. Only a pass in which nothing moved is sure to have met them all: the total
 * stayed as it was, and none came twice. Otherwise it goes round again from the first page.
 *
 * @param from - Where another process left off; its walk ends with a whole pass of this one.
 * @throws `crm.walk_incomplete` when no pass is steady, or there is more than Apollo tells.
 */
export async function* steadyWalk(
  kind: CrmKind,
  pages: SearchPages,
  from = 1,
): AsyncGenerator<SteadyStep, void, void> {
  for (let pass = 1; pass <= MOST_PASSES; pass++) {
    const first = pass === 1 ? from : 1;
    const ids = new Set<string>();
    let total: number | undefined;
    let steady = first === 1;
    for (let page = first; ; page++) {
      if (page > LAST_PAGE) throw tooMany(kind);
      const { rows, hasMore, total: now } = await pages(page);
      const met = ids.size;
      for (const row of rows) ids.add(textOf(row["id"]) ?? "");
      steady &&= ids.size === met + rows.length && (total === undefined || now === total);
      total = now ?? total;
      const isOver = !hasMore && steady;
      yield { rows, total, ...(isOver ? {} : { page: hasMore ? page + 1 : 1 }) };
      if (isOver) return;
      if (!hasMore) break;
    }
  }
  throw walkIncomplete(kind, "they keep moving between the pages", "Try again when fewer of them change.");
}

const tooMany = (kind: CrmKind) =>
  walkIncomplete(
    kind,
    "there are more than 50,000, which is all that Apollo's search tells",
    "Export them from Apollo instead.",
  );
