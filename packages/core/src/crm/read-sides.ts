import type { CrmLink, CrmRecord, RecordKind, StoredRecord } from "@salesagent/ports";
import { notesOf } from "./link-notes.js";
import { type LinkTable, readLinkTable } from "./link-table.js";
import { likeliestAttempt, openAttempts } from "./open-attempts.js";
import { bulkCall, type SyncContext, type SyncStores } from "./sync-context.js";
import { withTold } from "./told-values.js";

/** A link and the two records that it is about, as they are now. */
export interface LinkSides {
  readonly link: CrmLink;
  readonly app: StoredRecord | undefined;
  readonly crm: CrmRecord | undefined;
  /** The link that has the id under which the CRM keeps the record now, or had that one made; where it is another one. */
  readonly other: CrmLink | undefined;
  readonly table: LinkTable;
}

/** Reads both sides of links of one kind: one call of the CRM and some statements, however many there are. */
export async function readSides(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  links: readonly CrmLink[],
): Promise<readonly LinkSides[]> {
  const ids = links.map(({ recordId }) => recordId);
  const [app, crm] = await Promise.all([
    stores.records.getMany(kind, ids, { signal: context.signal }),
    readCrm(context, kind, links),
  ]);
  const others = await readOthers(context, stores, kind, links, crm);
  const table = await readLinkTable(context, stores, kind, { app, crm });
  return links.map((link, index) => {
    const record = crm[index];
    const other = record && record.id !== link.crmId ? others.get(record.id) : undefined;
    return { link: withTold(context, link, record, table), app: app[index], crm: record, other, table };
  });
}

/** Links of the records into which the CRM merged others: by its ids, or by an attempt to make what a merge went into. */
async function readOthers(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  links: readonly CrmLink[],
  crm: readonly (CrmRecord | undefined)[],
): Promise<ReadonlyMap<string, CrmLink>> {
  const moved = new Map<string, CrmRecord>();
  for (const [index, link] of links.entries()) {
    const record = crm[index];
    if (record && record.id !== link.crmId) moved.set(record.id, record);
  }
  const others = new Map<string, CrmLink>();
  if (moved.size === 0) return others;
  const found = await stores.links.findByCrmIds(context.connection, kind, [...moved.keys()], {
    signal: context.signal,
  });
  for (const link of found) if (link?.crmId !== undefined) others.set(link.crmId, link);
  if (others.size === moved.size) return others;
  const open = new Set(await openAttempts(context, stores, kind));
  for (const [id, record] of moved) {
    const lost = others.has(id) ? undefined : likeliestAttempt(context, record, open);
    if (lost) others.set(id, lost);
  }
  return others;
}

/** The CRM's records in the order of the links; one that was merged comes as the one that it is now. */
async function readCrm(
  context: SyncContext,
  kind: RecordKind,
  links: readonly CrmLink[],
): Promise<readonly (CrmRecord | undefined)[]> {
  const found = await getRecords(
    context,
    kind,
    links.map(({ crmId }) => crmId),
  );
  const survivors = links.map((link, index) => (found[index] ? undefined : notesOf(link).mergedInto));
  if (survivors.every((id) => id === undefined)) return found;
  const merged = await getRecords(context, kind, survivors);
  return found.map((record, index) => record ?? merged[index]);
}

async function getRecords(
  context: SyncContext,
  kind: RecordKind,
  ids: readonly (string | undefined)[],
): Promise<readonly (CrmRecord | undefined)[]> {
  const asked = [...new Set(ids.filter((id) => id !== undefined))];
  if (asked.length === 0) return ids.map(() => undefined);
  const records = await context.provider.getMany(kind, asked, bulkCall(context));
  const byId = new Map(asked.map((id, index) => [id, records[index]] as const));
  return ids.map((id) => (id === undefined ? undefined : byId.get(id)));
}
