import type { OpenMerge } from "./apply-in-app.js";
import type { SyncBatch } from "./sync-batch.js";
import type { SyncStores } from "./sync-context.js";

/**
 * Keeps what the app has by now, what the CRM is about to be told, and which conflicts are open, before the call: whoever comes after
 * a process that ended in the middle knows the sync's own words from those of users. Links that somebody else wrote meanwhile are left
 * to that one.
 */
export async function beginUpdates(
  batch: SyncBatch,
  stores: SyncStores,
  merges: readonly OpenMerge[],
): Promise<readonly OpenMerge[]> {
  const written = await batch.writeLinks(
    stores,
    merges.map(({ sides: { link }, next }) => ({ link: next, ifRevision: link.revision, keepLease: true })),
  );
  return merges.flatMap((merge, index) => {
    const outcome = written[index];
    if (outcome?.status !== "written") return [];
    const { sides } = merge;
    return [{ ...merge, sides: { ...sides, link: { ...sides.link, revision: outcome.revision } } }];
  });
}
