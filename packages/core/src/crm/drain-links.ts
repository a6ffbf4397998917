import type { RecordKind } from "@salesagent/ports";
import { addCounts, noBatchCounts } from "./counts.js";
import { KindFailures } from "./kind-failures.js";
import { reconcile } from "./reconcile.js";
import type { BatchCounts, SyncContext } from "./sync-context.js";

/** How often the kinds are gone through before what is due again at once is left to the next run. */
const MAX_ROUNDS = 20;

/**
 * Works on links that are due until none is: companies first, since what hangs on them names them. Several claims go on at once;
 * in several processes, each link is with one of them.
 *
 * @param failures - Takes the failures of single kinds, which are left out; in its absence they are thrown once the others are done.
 * @throws The signal's reason; the failure of a connection, as {@link reconcile} has it.
 */
export async function drainLinks(context: SyncContext, failures?: KindFailures): Promise<BatchCounts> {
  const failed = failures ?? new KindFailures(context);
  const totals = noBatchCounts();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let links = 0;
    for (const kind of failed.sound(context.kinds)) {
      const workers = Array.from({ length: context.limits.concurrency }, () => drainKind(context, kind));
      const done = await failed.guard(kind, () => settleAll(workers));
      for (const counts of done ?? []) {
        links += counts.links;
        addCounts(totals, counts);
      }
    }
    if (links === 0) break;
  }
  if (!failures) failed.throwIfAny();
  return totals;
}

/** All come to their end before a failure of one is thrown, so that nothing goes on unseen. */
async function settleAll<T>(workers: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(workers);
  for (const end of settled) if (end.status === "rejected") throw end.reason;
  return settled.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
}

async function drainKind(context: SyncContext, kind: RecordKind): Promise<BatchCounts> {
  const totals = noBatchCounts();
  const { connection, signal, limits } = context;
  for (let before = new Set<string>(); ; ) {
    signal?.throwIfAborted();
    const want = { connection, kinds: [kind], leaseMs: limits.leaseMs, limit: limits.batch };
    const links = await context.storage.links.claim(want, { signal });
    if (links.length === 0) return totals;
    const counts = await reconcile(context, links);
    addCounts(totals, counts);
    // What is due again at once, and nothing else, is left to the next round: it holds up no other kind.
    if (links.every(({ recordId }) => before.has(recordId))) return totals;
    before = new Set(links.map(({ recordId }) => recordId));
  }
}
