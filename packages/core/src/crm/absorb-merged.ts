import type { CrmLink, JsonValue, LinkWrite, RecordWrite, StoredRecord } from "@salesagent/ports";
import { type DecidedLink, endedLink } from "./apply-in-app.js";
import { lookAgain } from "./link-failure.js";
import { draftOf, notesOf, withNotes } from "./link-notes.js";
import { linkFound } from "./look-up.js";
import { putOf } from "./merge-sides.js";
import type { LinkSides } from "./read-sides.js";
import { toValues } from "./record-values.js";
import { isEmpty } from "./same-value.js";
import type { SyncBatch } from "./sync-batch.js";
import { rulesOf, type SyncContext, type SyncStores, timeOf } from "./sync-context.js";

/**
 * Follows merges of the CRM where both records are linked: the app's two become one. What stands is the record of the link that has
 * the id that stands; what it has not is filled from the other, which is removed, and names it.
 */
export async function absorbMerged(batch: SyncBatch, decided: readonly DecidedLink[]): Promise<void> {
  const { context } = batch;
  for (const { sides, decision } of decided) {
    if (decision.type === "absorb") {
      await context.storage.transaction((stores) => absorb(batch, stores, sides, decision.other), {
        ...{ isolation: "read-committed", signal: context.signal },
      });
    } else if (decision.type === "yield") await goSecond(batch, sides, decision.other);
  }
}

async function absorb(batch: SyncBatch, stores: SyncStores, sides: LinkSides, other: CrmLink): Promise<void> {
  const { context, log, counts, kind } = batch;
  const { link, app } = sides;
  const [survivor] = await stores.records.getMany(kind, [other.recordId], { signal: context.signal });
  const again: LinkWrite = { link: lookAgain(context, draftOf(link)), ifRevision: link.revision };
  const records = removalOf(link, app, other);
  if (app && survivor) {
    const put = filled(context, sides, survivor, app);
    if (put) records.unshift(put);
  }
  const written =
    records.length === 0 ? [] : await stores.records.writeMany(records, { signal: context.signal });
  if (written.some(({ status }) => status === "stale")) {
    // What was written nonetheless is right at any time: it filled what was empty.
    await batch.writeLinks(stores, [again]);
    return;
  }
  if (app) counts.removedInApp += 1;
  log.add({ action: "merged-in-crm", recordId: link.recordId, crmId: other.crmId });
  const { crmId: _merged, ...ended } = endedLink(draftOf(link), "both");
  await batch.writeLinks(stores, [{ link: ended, ifRevision: link.revision }]);
  await stores.links.hint(
    { connection: context.connection, kind, dueAt: timeOf(context), recordIds: [other.recordId] },
    { signal: context.signal },
  );
  const open = Object.values(notesOf(link).open ?? {}).map((id) => ({ id, status: "gone" }) as const);
  if (open.length > 0) await stores.conflicts.endMany(open, { signal: context.signal });
  await log.write(context, stores, kind);
}

function removalOf(link: CrmLink, app: StoredRecord | undefined, other: CrmLink): RecordWrite[] {
  if (!app) return [];
  return [
    { op: "remove", kind: link.kind, id: app.id, ifRevision: app.revision, mergedInto: other.recordId },
  ];
}

/** The survivor with what only the other had; nothing where that is nothing. */
function filled(
  context: SyncContext,
  { table }: LinkSides,
  survivor: StoredRecord,
  loser: StoredRecord,
): RecordWrite | undefined {
  const names = Object.keys(rulesOf(context, survivor.kind));
  const [ours, theirs] = [toValues(survivor, names), toValues(loser, names)];
  const changes: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(theirs)) if (isEmpty(ours[name])) changes[name] = value;
  return Object.keys(changes).length === 0 ? undefined : putOf(survivor, changes, table);
}

/** The id belongs to a link that ended, of a record that stands again, or to one whose create was lost: that one goes first. */
async function goSecond(batch: SyncBatch, { link, crm }: LinkSides, other: CrmLink): Promise<void> {
  const { context } = batch;
  const due = { ...draftOf(other), dueAt: timeOf(context) };
  const first =
    other.crmId === undefined && crm ? linkFound(batch, other, crm) : withNotes(due, { gone: "both" });
  await batch.writeLinks(context.storage, [
    { link: first, ifRevision: other.revision },
    { link: lookAgain(context, draftOf(link)), ifRevision: link.revision },
  ]);
}
