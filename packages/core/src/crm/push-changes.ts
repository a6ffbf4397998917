import type { CrmLink, LinkWrite, RecordChanges, RecordKind } from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import { addCounts, noPageCounts, type Totals } from "./counts.js";
import { draftOf, notesOf, without } from "./link-notes.js";
import type { WalkCounts } from "./pull-changes.js";
import { type PageCounts, type SyncContext, type SyncStores, supportOf, timeOf } from "./sync-context.js";
import { CursorMoved, putCursor } from "./sync-cursor.js";

const PAGE = 500;

/**
 * Reads what changed in the app since the last time, and makes the links of it due: those without a counterpart are to be made in
 * the CRM. What the sync wrote itself costs no write. Each page is kept with its cursor, in one transaction; a page that another
 * process keeps first is that one's, and the rest is left to it.
 */
export async function pushChanges(context: SyncContext, kind: RecordKind): Promise<WalkCounts> {
  const totals = noPageCounts();
  if (context.direction === "to-app") return { ...totals, movedOn: false };
  try {
    await pushPages(context, kind, totals);
    return { ...totals, movedOn: false };
  } catch (error) {
    if (error instanceof CursorMoved) return { ...totals, movedOn: true };
    throw error;
  }
}

async function pushPages(context: SyncContext, kind: RecordKind, totals: Totals<PageCounts>): Promise<void> {
  for (let more = true; more; ) {
    context.signal?.throwIfAborted();
    const page = await context.storage.transaction((stores) => pushPage(context, stores, kind), {
      ...{ isolation: "read-committed", signal: context.signal },
    });
    addCounts(totals, page.counts);
    if (page.counts.read > 0) tell(context.tell, { type: "page", kind, from: "app", counts: page.counts });
    more = page.more;
  }
}

/** The cursor of what changed in the app. */
export const appCursor = (kind: RecordKind): string => `${kind}/app`;

async function pushPage(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
): Promise<{ readonly counts: PageCounts; readonly more: boolean }> {
  const { connection, signal } = context;
  const name = appCursor(kind);
  const stored = await stores.syncCursors.get(connection, name, { signal });
  const cursor = stored?.value["cursor"];
  const from = { limit: PAGE, ...(typeof cursor === "string" && { cursor }) };
  const changes = await stores.records.changes(kind, from, { signal });
  const { fresh, due, unchanged } = await classifyChanges(context, stores, kind, changes);
  if (fresh.length > 0) await stores.links.writeMany(fresh, { signal });
  if (due.length > 0) {
    await stores.links.hint({ connection, kind, dueAt: timeOf(context), recordIds: due }, { signal });
  }
  if (changes.cursor !== cursor) {
    const value = { cursor: changes.cursor };
    await putCursor(context, stores, { name, value, ifRevision: stored?.revision ?? null });
  }
  const read = changes.records.length + changes.removed.length;
  const counts = { ...noPageCounts(), read, unchanged, created: fresh.length, due: due.length };
  return { counts, more: changes.more };
}

/** Tells what changes of the app mean for the CRM, and writes nothing. */
export async function classifyChanges(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  { records, removed }: Pick<RecordChanges, "records" | "removed">,
): Promise<{
  readonly fresh: readonly LinkWrite[];
  readonly due: readonly string[];
  readonly unchanged: number;
}> {
  const { connection, signal } = context;
  const ids = [...new Set([...records, ...removed].map(({ id }) => id))];
  if (ids.length === 0) return { fresh: [], due: [], unchanged: 0 };
  const found = await stores.links.findByRecords(connection, kind, ids, { signal });
  const links = new Map(found.flatMap((link) => (link ? [[link.recordId, link] as const] : [])));
  const { create } = supportOf(context, kind);
  const fresh: LinkWrite[] = [];
  const due: string[] = [];
  for (const { id, revision } of records) {
    const link = links.get(id);
    if (!link || isMadeAnew(context, link)) {
      if (create) fresh.push(newLink(context, kind, id, link));
    } else if (link.state !== "erased" && link.recordRevision !== revision) due.push(id);
  }
  for (const { id } of removed) {
    const state = links.get(id)?.state;
    if (state !== undefined && state !== "removed" && state !== "erased") due.push(id);
  }
  return { fresh, due, unchanged: ids.length - fresh.length - due.length };
}

/** Whether the app has a record again whose link ended, as opposed to one that it never lost. */
function isMadeAnew({ direction }: SyncContext, link: CrmLink): boolean {
  return link.state === "removed" && !(direction === "to-crm" && notesOf(link).gone === "crm");
}

/** A record that is to be made in the CRM. */
function newLink(
  context: SyncContext,
  kind: RecordKind,
  recordId: string,
  before: CrmLink | undefined,
): LinkWrite {
  const { connection } = context;
  const dueAt = timeOf(context);
  const fresh = { connection, kind, recordId, state: "new", failures: 0, dueAt } as const;
  if (!before) return { link: fresh, ifRevision: null };
  const ended = without(
    draftOf(before),
    "crmId",
    "base",
    "recordRevision",
    "crmHash",
    "removal",
    "notes",
    "error",
  );
  return { link: { ...ended, ...fresh }, ifRevision: before.revision };
}
