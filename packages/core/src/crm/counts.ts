import type { BatchCounts, PageCounts } from "./sync-context.js";

/** Counts that more are added to. */
export type Totals<Counts> = { -readonly [Name in keyof Counts]: Counts[Name] };

export function noPageCounts(): Totals<PageCounts> {
  return { read: 0, unchanged: 0, created: 0, linked: 0, due: 0, refused: 0 };
}

export function noBatchCounts(): Totals<BatchCounts> {
  return {
    ...{ links: 0, createdInApp: 0, updatedInApp: 0, removedInApp: 0 },
    ...{ createdInCrm: 0, updatedInCrm: 0, removedInCrm: 0, conflicts: 0, failed: 0 },
  };
}

/** Adds to the totals what there is of the same names; of what they do not have, nothing. */
export function addCounts<Counts extends object>(
  totals: Totals<Counts> & { readonly [Name in keyof Counts]: number },
  counts: { readonly [Name in keyof NoInfer<Counts>]?: number | undefined },
): void {
  for (const name of Object.keys(totals) as (keyof Counts)[]) {
    (totals as Record<keyof Counts, number>)[name] += counts[name] ?? 0;
  }
}
