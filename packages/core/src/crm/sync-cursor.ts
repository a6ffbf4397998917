import type { JsonObject } from "@salesagent/ports";
import type { SyncContext, SyncStores } from "./sync-context.js";

/** Where a walk goes on, to be kept with what it brought. */
export interface CursorStep {
  /** Such as `contact/changes`. */
  readonly name: string;
  readonly value: JsonObject;
  /** What it rests on; null where none may stand. */
  readonly ifRevision: number | null;
}

/** Another process went on from the same cursor. Whoever finds it leaves the walk to the other. */
export class CursorMoved extends Error {
  override readonly name = "CursorMoved";

  constructor(readonly cursor: string) {
    super(`another process goes on with ${cursor}`);
  }
}

/**
 * @returns The cursor's new revision.
 * @throws CursorMoved, which ends the transaction.
 */
export async function putCursor(
  { connection, signal }: SyncContext,
  stores: SyncStores,
  step: CursorStep,
): Promise<number> {
  const revision = await stores.syncCursors.put({ connection, ...step }, { signal });
  if (revision === undefined) throw new CursorMoved(step.name);
  return revision;
}
