import type { RecordKind, SyncCursor } from "@salesagent/ports";
import { addCounts, noPageCounts } from "./counts.js";
import { PullLetters } from "./pull-letters.js";
import { pullPage } from "./pull-page.js";
import { readBatches } from "./read-batches.js";
import { type PageCounts, type SyncContext, timeOf } from "./sync-context.js";
import { CursorMoved } from "./sync-cursor.js";

/** What became of a walk. */
export interface WalkCounts extends PageCounts {
  /** Another process goes on with it. */
  readonly movedOn: boolean;
}

/** The cursor of what changed in the CRM. */
export const changesCursor = (kind: RecordKind): string => `${kind}/changes`;

/**
 * Takes in what changed in the CRM since the last time, some pages at once; they are kept with the cursor of the last, so that a walk
 * that is cut off goes on where it stopped. Where there is no cursor yet, it begins some time ago.
 */
export async function pullChanges(context: SyncContext, kind: RecordKind): Promise<WalkCounts> {
  const totals = noPageCounts();
  const name = changesCursor(kind);
  const stored = (await readCursor(context, name)) ?? (await beginChanges(context, kind));
  const letters = await PullLetters.read(context, kind);
  let revision = stored.revision;
  let cursor = stored.value["cursor"];
  const from = typeof cursor === "string" ? { cursor } : { since: String(stored.value["since"]) };
  try {
    const batches = readBatches({
      open: (signal) => context.provider.changes(kind, from, { priority: "bulk", signal }),
      ...{ records: context.limits.pageRecords, signal: context.signal },
    });
    for await (const pages of batches) {
      const next = pages.at(-1)?.cursor ?? "";
      const records = pages.flatMap((page) => page.records);
      const removed = pages.flatMap((page) => page.removed);
      if (next === cursor && records.length + removed.length === 0) continue;
      const step = { name, value: { cursor: next }, ifRevision: revision };
      const counts = await pullPage(context, kind, { records, removed, from: "changes", cursor: step });
      addCounts(totals, counts);
      await letters.endOf([...records, ...removed]);
      revision = counts.cursorRevision ?? revision;
      cursor = next;
    }
    return { ...totals, movedOn: false };
  } catch (error) {
    if (error instanceof CursorMoved) return { ...totals, movedOn: true };
    throw error;
  }
}

/** Fixes from when on changes are asked for, before a walk over all begins: so nothing falls between the two. */
export async function beginChanges(context: SyncContext, kind: RecordKind): Promise<SyncCursor> {
  const { connection, storage, signal, limits } = context;
  const name = changesCursor(kind);
  const value = { since: timeOf(context, -limits.overlapMs) };
  await storage.syncCursors.put({ connection, name, value, ifRevision: null }, { signal });
  const stored = await readCursor(context, name);
  if (!stored) throw new CursorMoved(name);
  return stored;
}

export function readCursor(
  { connection, storage, signal }: SyncContext,
  name: string,
): Promise<SyncCursor | undefined> {
  return storage.syncCursors.get(connection, name, { signal });
}
