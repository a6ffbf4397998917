import { type RecordKind, SalesAgentError } from "@salesagent/ports";
import { backfillCursor } from "./backfill.js";
import { noPageCounts } from "./counts.js";
import { changesCursor, pullChanges, readCursor, type WalkCounts } from "./pull-changes.js";
import { type SyncContext, supportOf, timeOf } from "./sync-context.js";
import { CursorMoved, putCursor } from "./sync-cursor.js";
import { walkAll } from "./walk-all.js";

/**
 * Takes in what changed in the CRM. Where its feed does not reach back to the last time, such as after a pause that is longer than the
 * CRM's memory, all records are walked over instead, and changes are asked for from now on.
 */
export async function pullOrWalk(context: SyncContext, kind: RecordKind): Promise<WalkCounts> {
  try {
    return await pullChanges(context, kind);
  } catch (error) {
    if (!(await isTooLate(context, kind, error))) throw error;
    if (await forgetFeed(context, kind)) return walkAll(context, kind);
    return { ...noPageCounts(), movedOn: true };
  }
}

/**
 * Whether a feed does not reach back to its cursor, and a walk can be had instead. One that has begun only now, and refuses all the
 * same, would refuse after a walk too.
 */
export async function isTooLate(context: SyncContext, kind: RecordKind, error: unknown): Promise<boolean> {
  if (!SalesAgentError.is(error, "crm.walk_incomplete") || !supportOf(context, kind).list) return false;
  const stored = await readCursor(context, changesCursor(kind));
  return typeof stored?.value["cursor"] === "string";
}

/**
 * Both cursors at once: whoever comes after a crash begins the walk that the feed's new cursor stands on.
 *
 * @returns False where another process does so.
 */
async function forgetFeed(context: SyncContext, kind: RecordKind): Promise<boolean> {
  const { storage, limits, signal } = context;
  const since = timeOf(context, -limits.overlapMs);
  try {
    await storage.transaction(
      async (stores) => {
        for (const [name, value] of [
          [changesCursor(kind), { since }],
          [backfillCursor(kind), { done: false }],
        ] as const) {
          const stored = await stores.syncCursors.get(context.connection, name, { signal });
          await putCursor(context, stores, { name, value, ifRevision: stored?.revision ?? null });
        }
      },
      { signal },
    );
    return true;
  } catch (error) {
    if (error instanceof CursorMoved) return false;
    throw error;
  }
}
