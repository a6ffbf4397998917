import type { CrmRecord, CrmRemoval, LinkWrite, RecordKind, SalesAgentError } from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import { classifyPage, type PageFindings } from "./classify-page.js";
import { addDeadLetter } from "./dead-letters.js";
import { draftOf, notesOf, withNotes } from "./link-notes.js";
import type { RecordLook } from "./look-at-record.js";
import { makeInApp, Unstorable } from "./make-in-app.js";
import { type PageCounts, type SyncContext, type SyncStores, timeOf } from "./sync-context.js";
import { type CursorStep, putCursor } from "./sync-cursor.js";
import { SyncLog } from "./sync-log.js";

/** A page of a walk or of what changed. */
export interface PulledPage {
  readonly records: readonly CrmRecord[];
  /** At its records, where they were taken before. */
  readonly looks?: readonly RecordLook[] | undefined;
  readonly removed?: readonly CrmRemoval[] | undefined;
  readonly from: "backfill" | "changes";
  /** What is kept with it, so that the next page begins where this one ended. */
  readonly cursor?: CursorStep | undefined;
  readonly total?: number | undefined;
}

/**
 * Takes in a page of a CRM's records, in one transaction and in few statements, however many records there are. One that says
 * what it said before costs no write. One that is new is made in the app, or linked with the record of the app that has its
 * address or domain, or that was being made in the CRM when an answer was lost. One that is linked and says something else, was
 * removed or merged becomes due: {@link reconcile} does the rest. One that can't be taken in becomes a dead letter.
 *
 * @throws CursorMoved when another process went on from the same cursor; nothing is kept then.
 */
export async function pullPage(
  context: SyncContext,
  kind: RecordKind,
  page: PulledPage,
): Promise<PageCounts & { readonly cursorRevision?: number | undefined }> {
  const refused = new Map<string, SalesAgentError>();
  for (;;) {
    try {
      const counts = await context.storage.transaction(
        (stores) => takeIn(context, stores, kind, page, refused),
        {
          ...{ isolation: "read-committed", signal: context.signal },
        },
      );
      const { cursorRevision: _revision, ...told } = counts;
      tell(context.tell, {
        ...{ type: "page", kind, from: page.from, counts: told },
        ...(page.total !== undefined && { total: page.total }),
      });
      return counts;
    } catch (error) {
      if (!(error instanceof Unstorable)) throw error;
      refused.set(error.crmId, error.error);
    }
  }
}

async function takeIn(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  page: PulledPage,
  refused: ReadonlyMap<string, SalesAgentError>,
): Promise<PageCounts & { readonly cursorRevision?: number | undefined }> {
  const log = new SyncLog();
  const findings = await classifyPage(context, stores, kind, page, refused);
  const made = await makeInApp(context, stores, kind, findings.created, log);
  await writeLinks(context, stores, findings, log);
  const hinted = await hint(context, stores, kind, findings);
  for (const { crmId, error } of findings.refused) {
    await addDeadLetter(context, stores, log, { kind, crmId, operation: "pull", error });
  }
  const cursorRevision = page.cursor && (await putCursor(context, stores, page.cursor));
  await log.write(context, stores, kind);
  return {
    read: page.records.length + (page.removed?.length ?? 0),
    unchanged: findings.unchanged,
    created: made,
    linked: findings.adopted.length,
    due: hinted,
    refused: findings.refused.length,
    cursorRevision,
  };
}

/** Writes links of records that the app had. */
async function writeLinks(
  context: SyncContext,
  stores: SyncStores,
  findings: PageFindings,
  log: SyncLog,
): Promise<void> {
  const { connection } = context;
  const now = timeOf(context);
  const adopted = findings.adopted.map(
    ({ record, recordId, link, base }): LinkWrite => ({
      link: withNotes(
        {
          ...{ connection, kind: record.kind as RecordKind, recordId, crmId: record.id, state: "linked" },
          ...{ failures: 0, dueAt: now, ...(base && { base }) },
        },
        // It ends once the two are in step.
        { letter: link && notesOf(link).letter },
      ),
      ifRevision: link?.revision ?? null,
    }),
  );
  const merged = findings.merged.map(
    ({ link, into }): LinkWrite => ({
      link: withNotes({ ...draftOf(link), dueAt: now }, { mergedInto: into }),
      ...{ ifRevision: link.revision },
    }),
  );
  const revived = findings.revived.map(
    (link): LinkWrite => ({
      link: { ...draftOf(link), dueAt: now },
      ifRevision: link.revision,
    }),
  );
  const writes = [...adopted, ...merged, ...revived];
  if (writes.length === 0) return;
  const written = await stores.links.writeMany(writes, { signal: context.signal });
  for (const [index, { link }] of writes.slice(0, adopted.length).entries()) {
    const { recordId, crmId } = link;
    if (written[index]?.status === "written") log.add({ action: "linked", recordId, crmId });
  }
}

async function hint(
  { connection, signal, ...context }: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  { due }: PageFindings,
): Promise<number> {
  if (due.length === 0) return 0;
  const dueAt = new Date(context.clock.now()).toISOString();
  return stores.links.hint({ connection, kind, dueAt, crmIds: due }, { signal });
}
