import type {
  ConflictRecord,
  CrmLink,
  JsonValue,
  LinkWrite,
  RecordWrite,
  StoredRecord,
} from "@salesagent/ports";
import { type DecidedLink, endedLink } from "./apply-in-app.js";
import { toConflictRecord } from "./conflict-records.js";
import { keepConflicts } from "./keep-conflicts.js";
import { lookAgain } from "./link-failure.js";
import { draftOf, notesOf, withNotes } from "./link-notes.js";
import { appValues } from "./link-table.js";
import { linkFound } from "./look-up.js";
import { putOf } from "./merge-sides.js";
import type { LinkSides } from "./read-sides.js";
import { isLinkName, toValues } from "./record-values.js";
import { isEmpty, isSame } from "./same-value.js";
import type { SyncBatch } from "./sync-batch.js";
import { rulesOf, type SyncContext, type SyncStores, timeOf } from "./sync-context.js";

/**
 * Follows merges of the CRM where both records are linked: the app's two become one. What stands is the record of the link that has
 * the id that stands; what it has not is filled from the other, which is removed, and names it. An edit of that one which the CRM
 * never had is put on record. Where the app removed the one that stands, the other goes on in its place.
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
  if (app && !survivor) return takeOver(batch, stores, sides, other);
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
  const lost = app && survivor ? lostEdits(context, sides, other, survivor, app) : [];
  await keepConflicts(batch, stores, lost, Object.values(notesOf(link).open ?? {}));
  await log.write(context, stores, kind);
}

/** The app removed its record of the one that stands, and has the other: that one goes on, and its record stays. */
async function takeOver(
  batch: SyncBatch,
  stores: SyncStores,
  { link }: LinkSides,
  other: CrmLink,
): Promise<void> {
  const { context, log, kind } = batch;
  const { crmId, ...ended } = endedLink(draftOf(other), "both");
  const [freed] = await batch.writeLinks(stores, [{ link: ended, ifRevision: other.revision }]);
  const isFree = freed?.status === "written" && crmId !== undefined;
  const next = isFree
    ? withNotes({ ...draftOf(link), crmId, dueAt: timeOf(context) }, { mergedInto: undefined })
    : lookAgain(context, draftOf(link));
  await batch.writeLinks(stores, [{ link: next, ifRevision: link.revision }]);
  if (!isFree) return;
  batch.takenOver.add(other.recordId);
  log.add({ action: "merged-in-crm", recordId: link.recordId, crmId });
  await keepConflicts(batch, stores, [], Object.values(notesOf(other).open ?? {}));
  await log.write(context, stores, kind);
}

/** What somebody wrote in the app's record since it was last in step, and the one that stands has otherwise: it is put on record. */
function lostEdits(
  context: SyncContext,
  { link, table }: LinkSides,
  other: CrmLink,
  survivor: StoredRecord,
  loser: StoredRecord,
): readonly ConflictRecord[] {
  const [kept, lost] = [appValues(context, survivor, table), appValues(context, loser, table)];
  const base = link.base?.app ?? {};
  return Object.entries(rulesOf(context, link.kind)).flatMap(([field, { policy = "last-write-wins" }]) => {
    const [ours, theirs] = [lost[field], kept[field]];
    const isLost = !isLinkName(field) && !isEmpty(ours) && !isEmpty(theirs) && !isSame(ours, theirs);
    if (!isLost || isSame(ours, base[field])) return [];
    const values = { base: base[field] ?? null, app: ours ?? null, crm: theirs ?? null };
    return [toConflictRecord(context, other, { field, policy, ...values, taken: "crm" })];
  });
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
