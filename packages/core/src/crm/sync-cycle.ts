import type { SalesAgentError } from "@salesagent/ports";
import { addCounts } from "./counts.js";
import { drainLinks } from "./drain-links.js";
import { KindFailures } from "./kind-failures.js";
import { pullOrWalk } from "./pull-or-walk.js";
import { pushChanges } from "./push-changes.js";
import { settleRemovals } from "./settle-removals.js";
import { type BatchCounts, type PageCounts, type SyncContext, supportOf } from "./sync-context.js";
import { walkAll } from "./walk-all.js";

/** What a sync did. */
export interface CycleCounts extends BatchCounts {
  /** Records that the CRM told, and that the app told. */
  readonly pulled: number;
  readonly pushed: number;
  /** Made in the app, and linked, by the walks. */
  readonly linked: number;
  readonly refused: number;
}

/** How a sync ended. */
export interface CycleEnd {
  readonly counts: CycleCounts;
  readonly braked: readonly SalesAgentError<"sync.braked">[];
}

/**
 * One sync from its start to its end: what the CRM tells, what the app tells, then what is due of both, then the removals.
 *
 * @param full - Walks over all records again, which finds what a feed left out.
 * @throws Once the other kinds are done: the failure of a kind that the CRM does not give away, or can't list. At once: any other.
 */
export async function syncCycle(
  context: SyncContext,
  { full = false }: { readonly full?: boolean | undefined } = {},
): Promise<CycleEnd> {
  const walked = { pulled: 0, pushed: 0, linked: 0, refused: 0, createdInApp: 0 };
  const addPull = (page: PageCounts) => {
    walked.pulled += page.read;
    walked.createdInApp += page.created;
    walked.linked += page.linked;
    walked.refused += page.refused;
  };
  const failures = new KindFailures(context);
  for (const kind of context.kinds) {
    const { list, changes } = supportOf(context, kind);
    await failures.guard(kind, async () => {
      if (list) addPull(await walkAll(context, kind, { anew: full || !changes }));
      if (changes) addPull(await pullOrWalk(context, kind));
    });
  }
  for (const kind of context.kinds) {
    walked.pushed += (await failures.guard(kind, () => pushChanges(context, kind)))?.read ?? 0;
  }
  const counts = { ...(await drainLinks(context, failures)) };
  const { cleared, braked } = await settleRemovals(context, failures.sound(context.kinds));
  if (cleared > 0) addCounts(counts, await drainLinks(context, failures));
  failures.throwIfAny();
  const { createdInApp, ...others } = walked;
  addCounts(counts, { createdInApp });
  return { counts: { ...others, ...counts }, braked };
}
