import type { CrmLink, CrmRecord, RecordKind, StoredRecord } from "@salesagent/ports";
import { draftNew, type PageFindings, type Unlinked } from "./classify-page.js";
import { agreedOnAttempt } from "./create-attempt.js";
import { identityKeys } from "./match-keys.js";
import { likeliestAttempt, openAttempts } from "./open-attempts.js";
import { toValues } from "./record-values.js";
import { rulesOf, type SyncContext, type SyncStores } from "./sync-context.js";

const MAX_KEYS_A_CALL = 1_000;

/**
 * Finds the records of the app to which new ones of the CRM belong; for the others, drafts what the app is to have.
 *
 * @param found.takenOver - New ones into which linked ones were merged. They may be what a lost create made, and nothing else.
 */
export async function matchUnlinked(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  found: { readonly unlinked: readonly Unlinked[]; readonly takenOver: readonly Unlinked[] },
  findings: PageFindings,
): Promise<void> {
  const all = [...found.takenOver, ...found.unlinked];
  if (all.length === 0) return;
  const known = await findByKeys(context, stores, kind, [
    ...new Set(all.flatMap(({ record }) => keysOf(record))),
  ]);
  const notLost = await matchLost(context, stores, kind, all, known, findings);
  const fresh = notLost.filter((one) => !found.takenOver.includes(one));
  const rest = await matchByKeys(context, stores, kind, fresh, known, findings);
  if (context.direction !== "to-crm") await draftNew(context, stores, kind, rest, findings);
}

async function matchByKeys(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  unlinked: readonly Unlinked[],
  known: readonly StoredRecord[],
  findings: PageFindings,
): Promise<readonly Unlinked[]> {
  if (unlinked.length === 0 || known.length === 0) return unlinked;
  const { connection, signal } = context;
  const ids = known.map(({ id }) => id);
  const links = await stores.links.findByRecords(connection, kind, ids, { signal });
  // A link that ended goes on with the record that stands again, where that one is in the same page.
  const taken = new Set([...findings.adopted, ...findings.revived].map(({ recordId }) => recordId));
  return unlinked.filter(({ record }) => {
    const keys = keysOf(record);
    const candidates = known.flatMap((candidate, index) =>
      keys.some((key) => candidate.keys.includes(key)) ? [{ candidate, link: links[index] }] : [],
    );
    const free = candidates.find(({ candidate, link }) => isFree(link) && !taken.has(candidate.id));
    if (!free) {
      // It may have been merged with the one that has its key; a look at that one tells.
      for (const { link } of candidates) if (link?.crmId !== undefined) findings.due.push(link.crmId);
      return true;
    }
    taken.add(free.candidate.id);
    findings.adopted.push({ record, recordId: free.candidate.id, link: free.link });
    return false;
  });
}

/** Records that were being made in the CRM when an answer was lost come back here, whether or not they have a key. */
async function matchLost(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  unlinked: readonly Unlinked[],
  known: readonly StoredRecord[],
  findings: PageFindings,
): Promise<readonly Unlinked[]> {
  if (context.direction === "to-app") return unlinked;
  const open = new Set(await openAttempts(context, stores, kind));
  if (open.size === 0) return unlinked;
  return unlinked.filter(({ record }) => {
    const keys = keysOf(record);
    const owners = known.filter((one) => keys.some((key) => one.keys.includes(key)));
    const link = likeliestAttempt(context, record, open, new Set(owners.map(({ id }) => id)));
    if (!link) return true;
    open.delete(link);
    const base = agreedOnAttempt(link, toValues(record, Object.keys(rulesOf(context, kind))));
    findings.adopted.push({ record, recordId: link.recordId, link, base });
    return false;
  });
}

/** Whether a record of the app has no counterpart that stands. */
function isFree(link: CrmLink | undefined): boolean {
  if (!link) return true;
  return link.state === "removed" || (link.crmId === undefined && link.state !== "erased");
}

async function findByKeys(
  { signal }: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  keys: readonly string[],
): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  for (let at = 0; at < keys.length; at += MAX_KEYS_A_CALL) {
    found.push(...(await stores.records.findByKeys(kind, keys.slice(at, at + MAX_KEYS_A_CALL), { signal })));
  }
  return [...new Map(found.map((record) => [record.id, record])).values()];
}

const keysOf = ({ kind, fields }: CrmRecord) =>
  identityKeys(kind as RecordKind, fields as StoredRecord["fields"]);
