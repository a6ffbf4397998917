import type { CrmRecord, CrmWritten, LinkDraft, LinkWrite, SalesAgentError } from "@salesagent/ports";
import type { OpenMerge } from "./apply-in-app.js";
import { contentHash } from "./content-hash.js";
import { isTakenAs } from "./likeness.js";
import { lookAgain } from "./link-failure.js";
import { withNotes } from "./link-notes.js";
import { crmValues } from "./link-table.js";
import { baseAfterAnswer, type MergedSides } from "./merge-sides.js";
import { isSame } from "./same-value.js";
import type { SyncBatch } from "./sync-batch.js";
import { bulkCall, type SyncStores, supportOf, timeOf } from "./sync-context.js";

/** Tells the CRM what changed of records, and keeps what both sides have then. */
export async function updateInCrm(batch: SyncBatch, merges: readonly OpenMerge[]): Promise<void> {
  const { maxBatch } = supportOf(batch.context, batch.kind);
  for (let at = 0; at < merges.length; at += maxBatch) {
    const chunk = merges.slice(at, at + maxBatch);
    if (batch.isLate || batch.fatal) await putOff(batch, chunk);
    else await updateChunk(batch, chunk);
  }
}

async function updateChunk(batch: SyncBatch, chunk: readonly OpenMerge[]): Promise<void> {
  const { context } = batch;
  const writes = chunk.flatMap(({ merged: { change } }) =>
    change ? [{ op: "update", change } as const] : [],
  );
  const written = await batch.writeCrm(writes);
  const answers = await readAnswers(batch, chunk, written);
  const stores = context.storage;
  const links: LinkWrite[] = [];
  for (const [index, merge] of chunk.entries()) {
    const { sides } = merge;
    const next = await afterUpdate(batch, stores, merge, written[index], answers.get(sides.crm?.id ?? ""));
    links.push({ link: next, ifRevision: sides.link.revision });
  }
  await batch.writeLinks(stores, links);
  await batch.log.write(context, stores, batch.kind);
}

/** Work for which the lease is too short is left to the next claim. */
async function putOff(batch: SyncBatch, merges: readonly OpenMerge[]): Promise<void> {
  const dueAt = timeOf(batch.context);
  const links = merges.map(({ next, sides }) => ({
    link: { ...next, dueAt },
    ifRevision: sides.link.revision,
  }));
  await batch.writeLinks(batch.context.storage, links);
}

/** What the CRM has after it was told: its answers, and another look where an answer is partial or was lost. */
async function readAnswers(
  { context, kind }: SyncBatch,
  chunk: readonly OpenMerge[],
  written: readonly CrmWritten[],
): Promise<ReadonlyMap<string, CrmRecord>> {
  const answers = new Map<string, CrmRecord>();
  const unread: string[] = [];
  for (const [index, { sides }] of chunk.entries()) {
    const [outcome, id] = [written[index], sides.crm?.id];
    if (!outcome || id === undefined || outcome.status === "refused") continue;
    if (outcome.status === "written" && outcome.record) answers.set(id, outcome.record);
    else unread.push(id);
  }
  if (unread.length === 0) return answers;
  try {
    const records = await context.provider.getMany(kind, unread, bulkCall(context));
    for (const [index, id] of unread.entries()) {
      const record = records[index];
      if (record) answers.set(id, record);
    }
  } catch {
    // Nothing is known of them then: their links are due again, and both sides are read.
    context.signal?.throwIfAborted();
  }
  return answers;
}

async function afterUpdate(
  batch: SyncBatch,
  stores: SyncStores,
  { sides, merged, next }: OpenMerge,
  outcome: CrmWritten | undefined,
  answer: CrmRecord | undefined,
): Promise<LinkDraft> {
  const { context } = batch;
  const { link } = sides;
  // The hash is that of what the CRM said before: whatever it says now is looked at once more.
  const unsettled = () => lookAgain(context, { ...next, failures: link.failures });
  if (outcome?.status === "refused")
    return refusedUpdate(batch, stores, sides.link.failures, merged, next, outcome.error);
  if (!answer || answer.id !== next.crmId) return unsettled();
  const values = crmValues(context, answer, sides.table);
  // Of a lost answer it is only known by what stands now whether it was taken.
  const isTaken = () => Object.entries(merged.sent).every(([name, sent]) => isTakenAs(sent, values[name]));
  if (outcome?.status === "unknown" && !isTaken()) return unsettled();
  return settled(batch, sides, merged, next, answer);
}

/** The CRM took what it was told. What else it says by now is somebody's edit, and is looked at again. */
function settled(
  { context, counts, log }: SyncBatch,
  { link, table }: OpenMerge["sides"],
  merged: MergedSides,
  next: LinkDraft,
  answer: CrmRecord,
): LinkDraft {
  counts.updatedInCrm += 1;
  log.add({ action: "updated-in-crm", recordId: link.recordId, crmId: answer.id, fields: merged.toCrm });
  const values = crmValues(context, answer, table);
  const base = baseAfterAnswer(merged, values);
  const others = new Set([...Object.keys(values), ...Object.keys(merged.crm)]);
  const isEdited = [...others].some(
    (name) => !isSame(values[name], name in merged.sent ? base.crm[name] : merged.crm[name]),
  );
  const done = withNotes({ ...next, base, crmUpdatedAt: answer.updatedAt }, { told: undefined });
  if (isEdited) return { ...done, dueAt: timeOf(context) };
  return { ...done, crmHash: contentHash(answer).hash };
}

async function refusedUpdate(
  batch: SyncBatch,
  stores: SyncStores,
  failures: number,
  merged: MergedSides,
  next: LinkDraft,
  error: SalesAgentError,
): Promise<LinkDraft> {
  const payload = { fields: merged.sent };
  const untold = withNotes({ ...next, failures }, { told: undefined });
  return batch.fail(stores, untold, error, { operation: "update", payload });
}
