import {
  type CrmRecord,
  type CrmRemoval,
  type LinkWrite,
  type RecordKind,
  type RecordWrite,
  SalesAgentError,
} from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import { classifyPage, type PageFindings } from "./classify-page.js";
import { addDeadLetter } from "./dead-letters.js";
import { draftOf, notesOf, withNotes } from "./link-notes.js";
import { type PageCounts, type SyncContext, type SyncStores, timeOf } from "./sync-context.js";
import { type CursorStep, putCursor } from "./sync-cursor.js";
import { SyncLog } from "./sync-log.js";

/** A page of a walk or of what changed. */
export interface PulledPage {
  readonly records: readonly CrmRecord[];
  readonly removed?: readonly CrmRemoval[] | undefined;
  readonly from: "backfill" | "changes";
  /** What is kept with it, so that the next page begins where this one ended. */
  readonly cursor?: CursorStep | undefined;
  readonly total?: number | undefined;
}

/**
 * Takes in a page of a CRM's records, in one transaction and in as many statements however many records there are. One that says
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

/** A record of the page breaks a rule of the store; the page is taken in without it. */
class Unstorable extends Error {
  constructor(
    readonly crmId: string,
    readonly error: SalesAgentError,
  ) {
    super("unstorable record");
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
  const made = await makeRecords(context, stores, kind, findings);
  const lost = await writeLinks(context, stores, findings, made, log);
  if (lost.length > 0) await stores.records.writeMany(lost, { signal: context.signal });
  const hinted = await hint(context, stores, kind, findings);
  for (const { crmId, error } of findings.refused) {
    await addDeadLetter(context, stores, log, { kind, crmId, operation: "pull", error });
  }
  const cursorRevision = page.cursor && (await putCursor(context, stores, page.cursor));
  await log.write(context, stores, kind);
  return {
    read: page.records.length + (page.removed?.length ?? 0),
    unchanged: findings.unchanged,
    created: made.length - lost.length,
    linked: findings.adopted.length,
    due: hinted,
    refused: findings.refused.length,
    cursorRevision,
  };
}

interface MadeRecord {
  readonly found: PageFindings["created"][number];
  readonly recordId: string;
  readonly revision: string;
}

async function makeRecords(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  { created }: PageFindings,
): Promise<readonly MadeRecord[]> {
  if (created.length === 0) return [];
  const ids = created.map(() => context.createId());
  const writes = created.map(
    ({ draft }, index): RecordWrite => ({ op: "put", kind, id: ids[index] ?? "", draft, ifRevision: null }),
  );
  try {
    const written = await stores.records.writeMany(writes, { signal: context.signal });
    return written.flatMap((outcome, index) => {
      const [found, recordId] = [created[index], ids[index]];
      if (outcome.status === "stale" || !found || recordId === undefined) return [];
      return [{ found, recordId, revision: outcome.revision }];
    });
  } catch (error) {
    const index = refusedWrite(error);
    const found = index === undefined ? undefined : created[index];
    if (!found || !SalesAgentError.is(error)) throw error;
    throw new Unstorable(found.record.id, error);
  }
}

/** Which write of a call broke a rule of the store. */
function refusedWrite(error: unknown): number | undefined {
  if (!SalesAgentError.is(error, "store.invalid")) return undefined;
  const index = /^writes\[(\d+)\]/.exec(error.facts.field)?.[1];
  return index === undefined ? undefined : Number(index);
}

/** @returns Removals of records whose counterpart was linked by somebody else meanwhile. */
async function writeLinks(
  context: SyncContext,
  stores: SyncStores,
  findings: PageFindings,
  made: readonly MadeRecord[],
  log: SyncLog,
): Promise<readonly RecordWrite[]> {
  const { connection } = context;
  const now = timeOf(context);
  const fresh = made.map(
    ({ found, recordId, revision }): LinkWrite => ({
      link: {
        ...{ connection, kind: found.record.kind as RecordKind, recordId, crmId: found.record.id },
        ...{ state: "linked", base: { app: found.values, crm: found.values }, failures: 0 },
        ...{ recordRevision: revision, crmHash: found.hash, crmUpdatedAt: found.record.updatedAt },
        ...(found.awaits && { dueAt: timeOf(context, AWAITED_LINK_MS), notes: { awaits: 1 } }),
      },
      ifRevision: null,
    }),
  );
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
  const writes = [...fresh, ...adopted, ...merged, ...revived];
  if (writes.length === 0) return [];
  const written = await stores.links.writeMany(writes, { signal: context.signal });
  const lost: RecordWrite[] = [];
  for (const [index, { link }] of writes.entries()) {
    const isWritten = written[index]?.status === "written";
    const { recordId, crmId } = link;
    if (index < fresh.length && isWritten) log.add({ action: "created-in-app", recordId, crmId });
    else if (index < fresh.length) lost.push({ op: "remove", kind: link.kind, id: recordId });
    else if (index < fresh.length + adopted.length && isWritten) {
      log.add({ action: "linked", recordId, crmId });
    }
  }
  return lost;
}

/** How long a record that hangs on one that is not linked yet waits before it is looked at again. */
const AWAITED_LINK_MS = 60_000;

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
