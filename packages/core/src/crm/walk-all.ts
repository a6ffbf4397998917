import type { RecordKind } from "@salesagent/ports";
import { backfill, backfillCursor, isBackfilled } from "./backfill.js";
import { readCursor, type WalkCounts } from "./pull-changes.js";
import { PullLetters } from "./pull-letters.js";
import type { SyncContext } from "./sync-context.js";

/** Walks over all records as {@link backfill} does; where it goes from the first to the last, letters of pulls that are past end. */
export async function walkAll(
  context: SyncContext,
  kind: RecordKind,
  { anew = false }: { readonly anew?: boolean | undefined } = {},
): Promise<WalkCounts> {
  const before = (await readCursor(context, backfillCursor(kind)))?.value;
  const isOver = before?.["done"] === true;
  const isWhole = isOver ? anew : typeof before?.["cursor"] !== "string";
  if (!isWhole) return backfill(context, kind, { anew });
  const letters = await PullLetters.read(context, kind);
  const counts = await backfill(context, kind, { anew });
  if (!counts.movedOn && (await isBackfilled(context, kind))) await letters.endAll();
  return counts;
}
