import { type CrmLink, type RecordKind, SalesAgentError } from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import { absorbMerged } from "./absorb-merged.js";
import { applyInApp } from "./apply-in-app.js";
import { misfitIn } from "./check-values.js";
import { addCounts, noBatchCounts } from "./counts.js";
import { createInCrm } from "./create-in-crm.js";
import { decideLink } from "./decide-link.js";
import { isFatal, isTransientFailure } from "./link-failure.js";
import { draftOf } from "./link-notes.js";
import { lookUpLost } from "./look-up.js";
import { type LinkSides, readSides } from "./read-sides.js";
import { removeInCrm } from "./remove-in-crm.js";
import { SyncBatch } from "./sync-batch.js";
import { type BatchCounts, KIND_ORDER, type SyncContext } from "./sync-context.js";
import { updateInCrm } from "./update-in-crm.js";

/**
 * Brings claimed links in step: reads both sides as they are now, merges them over what they last agreed on, writes the app's part
 * by its revision, tells the CRM what it has not yet, and keeps what both have then. It rests on nothing that happened before, so
 * doing it again, from wherever it was cut off, comes to the same.
 *
 * @param links - Claimed, so that nobody else works on them.
 * @throws The failure of a connection that no other record would survive, such as `service.auth`; what was done is kept, and the
 *   rest is due again.
 */
export async function reconcile(context: SyncContext, links: readonly CrmLink[]): Promise<BatchCounts> {
  const totals = noBatchCounts();
  for (const kind of KIND_ORDER) {
    const some = links.filter((link) => link.kind === kind);
    if (some.length === 0) continue;
    addCounts(totals, await reconcileKind(context, kind, some));
  }
  return totals;
}

async function reconcileKind(
  context: SyncContext,
  kind: RecordKind,
  links: readonly CrmLink[],
): Promise<BatchCounts> {
  const batch = new SyncBatch(context, kind);
  batch.counts.links = links.length;
  const sides = await withoutMisfits(batch, await readOrPutOff(batch, links));
  const decided = sides.map((one) => ({ sides: one, decision: decideLink(context, one) }));
  const merges = await applyInApp(batch, decided);
  await absorbMerged(batch, decided);
  await removeInCrm(batch, decided);
  await updateInCrm(batch, merges);
  await createInCrm(batch, decided);
  await lookUpLost(batch, decided);
  await batch.log.write(context, context.storage, kind);
  tell(context.tell, { type: "batch", kind, counts: { ...batch.counts } });
  if (batch.fatal) throw batch.fatal;
  return batch.counts;
}

/** Where a whole batch can't be read, it is read in halves, so that one record can't hold up the others. */
async function readOrPutOff(batch: SyncBatch, links: readonly CrmLink[]): Promise<readonly LinkSides[]> {
  const { context, kind } = batch;
  try {
    return await readSides(context, context.storage, kind, links);
  } catch (error) {
    context.signal?.throwIfAborted();
    if (!SalesAgentError.is(error)) throw error;
    if (links.length > 1 && !isTransientFailure(error)) {
      const middle = links.length >> 1;
      const first = await readOrPutOff(batch, links.slice(0, middle));
      return [...first, ...(await readOrPutOff(batch, links.slice(middle)))];
    }
    await putOff(batch, links, error);
    return [];
  }
}

/** Puts aside what either side has in a shape that the other can't take. */
async function withoutMisfits(batch: SyncBatch, sides: readonly LinkSides[]): Promise<readonly LinkSides[]> {
  const { context } = batch;
  const sound: LinkSides[] = [];
  for (const one of sides) {
    const error = misfitIn(context, one);
    if (error) await putOff(batch, [one.link], error);
    else sound.push(one);
  }
  return sound;
}

async function putOff(batch: SyncBatch, links: readonly CrmLink[], error: SalesAgentError): Promise<void> {
  const { context, kind } = batch;
  const stores = context.storage;
  const writes = [];
  for (const link of links) {
    const failed = await batch.fail(stores, draftOf(link), error, { operation: "reconcile" });
    writes.push({ link: failed, ifRevision: link.revision });
  }
  await batch.writeLinks(stores, writes);
  await batch.log.write(context, stores, kind);
  if (isFatal(error)) batch.fatal ??= error;
}
