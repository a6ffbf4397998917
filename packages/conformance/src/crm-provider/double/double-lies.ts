import type { CrmKind, CrmPage } from "@salesagent/ports";

/** Ends a walk too early and calls it complete: what a listing cut short looks like. */
export function truncatedPage<Kind extends CrmKind>(page: CrmPage<Kind>): CrmPage<Kind> {
  return { ...page, complete: true };
}

/** Leaves records out silently, as a filter or a narrowed scope does. */
export function withoutEveryOther<Kind extends CrmKind>(page: CrmPage<Kind>): CrmPage<Kind> {
  return { ...page, records: page.records.filter((_, at) => at % 2 === 0) };
}
