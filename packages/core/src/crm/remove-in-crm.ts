import type { LinkWrite } from "@salesagent/ports";
import { type DecidedLink, endedLink } from "./apply-in-app.js";
import { lookAgain } from "./link-failure.js";
import { draftOf } from "./link-notes.js";
import type { SyncBatch } from "./sync-batch.js";
import { supportOf, timeOf } from "./sync-context.js";

/** Removes in the CRM what was removed in the app, and may be. One that is gone already is well. */
export async function removeInCrm(batch: SyncBatch, decided: readonly DecidedLink[]): Promise<void> {
  const { context, kind, counts, log } = batch;
  const links = decided.flatMap(({ sides: { link, crm }, decision }) => {
    const isWanted = decision.type === "removal" && decision.removal === "to-crm" && decision.now;
    return isWanted && crm && !batch.takenOver.has(link.recordId) ? [{ link, id: crm.id }] : [];
  });
  const { maxBatch } = supportOf(context, kind);
  for (let at = 0; at < links.length; at += maxBatch) {
    const chunk = links.slice(at, at + maxBatch);
    const isPutOff = batch.isLate || batch.fatal !== undefined;
    const written = isPutOff ? [] : await batch.writeCrm(chunk.map(({ id }) => ({ op: "remove", kind, id })));
    const writes: LinkWrite[] = [];
    for (const [index, { link, id }] of chunk.entries()) {
      const outcome = written[index];
      const draft = draftOf(link);
      const isDone = outcome?.status === "written";
      if (isDone) {
        counts.removedInCrm += 1;
        log.add({ action: "removed-in-crm", recordId: link.recordId, crmId: id });
        writes.push({ link: endedLink(draft, "both"), ifRevision: link.revision });
      } else if (outcome?.status === "refused") {
        const failed = await batch.fail(context.storage, draft, outcome.error, { operation: "remove" });
        writes.push({ link: failed, ifRevision: link.revision });
      } else {
        const again = isPutOff ? { ...draft, dueAt: timeOf(context) } : lookAgain(context, draft);
        writes.push({ link: again, ifRevision: link.revision });
      }
    }
    await batch.writeLinks(context.storage, writes);
  }
  await log.write(context, context.storage, kind);
}
