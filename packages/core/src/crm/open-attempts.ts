import type { CrmLink, CrmRecord, RecordKind } from "@salesagent/ports";
import { shareOfAttempt } from "./create-attempt.js";
import type { SyncContext, SyncStores } from "./sync-context.js";

const MAX_LINKS_A_PAGE = 1_000;

/** Links whose record may stand in the CRM without our knowing. */
export async function openAttempts(
  { connection, signal }: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
): Promise<readonly CrmLink[]> {
  const links: CrmLink[] = [];
  for (const state of ["creating", "unknown"] as const) {
    for (let after: string | undefined; ; ) {
      const page = await stores.links.list(
        connection,
        { kind, state },
        { after, limit: MAX_LINKS_A_PAGE },
        { signal },
      );
      links.push(...page.items);
      after = page.next;
      if (after === undefined) break;
    }
  }
  return links;
}

/**
 * The attempt that most likely made a record; undefined where none did.
 *
 * @param owners - Records of the app that have one of its addresses: where there are any, only they can have been meant.
 */
export function likeliestAttempt(
  context: SyncContext,
  record: CrmRecord,
  open: ReadonlySet<CrmLink>,
  owners: ReadonlySet<string> = new Set(),
): CrmLink | undefined {
  let best: { readonly link: CrmLink; readonly share: number } | undefined;
  for (const link of open) {
    if (owners.size > 0 && !owners.has(link.recordId)) continue;
    const share = shareOfAttempt(context, link, record);
    if (share > (best?.share ?? 0)) best = { link, share };
  }
  return best?.link;
}
