import { type CrmLink, type DeadLetter, type LinkDraft, SalesAgentError } from "@salesagent/ports";
import { draftOf, notesOf, withNotes, without } from "./link-notes.js";
import { pullPage } from "./pull-page.js";
import { bulkCall, type SyncContext, timeOf } from "./sync-context.js";
import { SyncLog } from "./sync-log.js";

/**
 * Tries again what could not be done, against what stands now: the link becomes due, or the CRM's record is read once more. A create
 * of which nobody could tell whether it was made is made anew: whoever replays it has looked.
 *
 * @throws `store.not_found` for a letter that is not there or not open.
 */
export async function replayDeadLetter(
  context: SyncContext,
  replay: { readonly id: string; readonly by: string },
): Promise<void> {
  const { storage, signal } = context;
  const letter = await storage.deadLetters.get(replay.id, { signal });
  const isOpen = letter?.status === "open" && letter.connection === context.connection;
  if (!letter || !isOpen || !(await storage.deadLetters.end(letter.id, "replayed", replay.by, { signal }))) {
    throw new SalesAgentError("store.not_found", {
      message: `There is no open dead letter ${replay.id}. List the open ones again.`,
      facts: { store: "deadLetters", id: replay.id },
      replay: "safe",
    });
  }
  const log = new SyncLog();
  log.add({ action: "dead-letter-replayed", recordId: letter.recordId, crmId: letter.crmId });
  await log.write(context, storage, letter.kind);
  if (letter.recordId !== undefined) await makeDue(context, letter, letter.recordId);
  else if (letter.crmId !== undefined) await readAgain(context, letter, letter.crmId);
}

async function makeDue(
  context: SyncContext,
  { kind, operation }: DeadLetter,
  recordId: string,
): Promise<void> {
  const { storage, connection, signal } = context;
  const [link] = await storage.links.findByRecords(connection, kind, [recordId], { signal });
  if (!link || link.state === "removed" || link.state === "erased") return;
  const due: LinkDraft = withNotes(
    { ...without(draftOf(link), "error"), failures: 0, dueAt: timeOf(context) },
    { letter: undefined, awaits: undefined },
  );
  const isLost = operation === "create" && link.state === "unknown";
  const [written] = await storage.links.writeMany(
    [{ link: isLost ? madeAnew(due, link) : due, ifRevision: link.revision }],
    { signal },
  );
  // Who wrote it meanwhile looked at it; it is looked at once more.
  if (written?.status === "written") return;
  await storage.links.hint({ connection, kind, dueAt: timeOf(context), recordIds: [recordId] }, { signal });
}

function madeAnew(due: LinkDraft, link: CrmLink): LinkDraft {
  const { attempt } = notesOf(link);
  return withNotes({ ...due, state: "new" }, { attempt: attempt && { ...attempt, calls: 0 } });
}

async function readAgain(context: SyncContext, { kind }: DeadLetter, crmId: string): Promise<void> {
  const record = await context.provider.get(kind, crmId, bulkCall(context));
  if (record) await pullPage(context, kind, { records: [record], from: "changes" });
}
