import {
  type CrmLink,
  type CrmWrite,
  type CrmWritten,
  type LinkDraft,
  type LinkWrite,
  SalesAgentError,
} from "@salesagent/ports";
import type { DecidedLink } from "./apply-in-app.js";
import { contentHash } from "./content-hash.js";
import { agreedOnSent } from "./create-attempt.js";
import type { LinkDecision } from "./decide-link.js";
import { draftOf, notesOf, withNotes, without } from "./link-notes.js";
import { crmValues } from "./link-table.js";
import { takeExisting } from "./look-up.js";
import type { LinkSides } from "./read-sides.js";
import { isSame } from "./same-value.js";
import type { SyncBatch } from "./sync-batch.js";
import { type SyncStores, supportOf, timeOf } from "./sync-context.js";

/** A record that is to be made in the CRM. */
export interface WantedCreate {
  readonly sides: LinkSides;
  readonly decision: Extract<LinkDecision, { readonly type: "create" }>;
}

/** A record whose link says that its create may be under way. */
interface BegunCreate extends WantedCreate {
  readonly link: LinkDraft;
  readonly revision: number;
}

/**
 * Makes records in the CRM. That a create may be under way is kept before the call, so that after a crash nobody takes it for one
 * that never began; a call whose answer is lost leaves a link of unknown outcome, which is looked up and not guessed.
 */
export async function createInCrm(batch: SyncBatch, decided: readonly DecidedLink[]): Promise<void> {
  const wanted = decided.flatMap(({ sides, decision }) =>
    decision.type === "create" ? [{ sides, decision }] : [],
  );
  const { maxBatch } = supportOf(batch.context, batch.kind);
  for (let at = 0; at < wanted.length; at += maxBatch) {
    const chunk = wanted.slice(at, at + maxBatch);
    if (batch.isLate || batch.fatal) await putOff(batch, chunk);
    else await createChunk(batch, chunk);
  }
}

async function createChunk(batch: SyncBatch, chunk: readonly WantedCreate[]): Promise<void> {
  const { context } = batch;
  const begun = await begin(batch, chunk);
  if (begun.length === 0) return;
  const writes = begun.map(({ decision: { draft } }): CrmWrite => ({ op: "create", draft }));
  const written = await batch.writeCrm(writes);
  const links: LinkWrite[] = [];
  for (const [index, create] of begun.entries()) {
    const link = await afterCreate(batch, context.storage, create, written[index]);
    links.push({ link, ifRevision: create.revision });
  }
  const kept = await batch.writeLinks(context.storage, links);
  for (const [index, { status }] of kept.entries()) {
    const create = begun[index];
    if (status === "taken" && create) await refuseTwin(batch, create);
  }
  await batch.log.write(context, context.storage, batch.kind);
}

async function putOff(batch: SyncBatch, chunk: readonly WantedCreate[]): Promise<void> {
  const dueAt = timeOf(batch.context);
  const links = chunk.map(({ sides: { link } }) => ({
    link: { ...draftOf(link), dueAt },
    ifRevision: link.revision,
  }));
  await batch.writeLinks(batch.context.storage, links);
}

/** Keeps that the creates begin; those of which somebody else wrote the link meanwhile do not. */
async function begin(batch: SyncBatch, chunk: readonly WantedCreate[]): Promise<readonly BegunCreate[]> {
  const { context } = batch;
  const links = chunk.map(({ sides: { link }, decision }): LinkDraft => {
    const before = notesOf(link).attempt;
    const attempt = {
      ...{ beganAt: before?.beganAt ?? timeOf(context), calls: (before?.calls ?? 0) + 1 },
      sent: decision.sent,
    };
    // The record that it was linked with is gone, and so is what was agreed on with it.
    const fresh = without(draftOf(link), "crmId", "base", "crmHash", "crmUpdatedAt", "removal", "dueAt");
    return withNotes({ ...fresh, state: "creating" }, { attempt, decided: undefined, gone: undefined });
  });
  const written = await batch.writeLinks(
    context.storage,
    links.map((link, index) => ({
      ...{ link, keepLease: true, ifRevision: chunk[index]?.sides.link.revision },
    })),
  );
  return chunk.flatMap((create, index) => {
    const [outcome, link] = [written[index], links[index]];
    if (outcome?.status !== "written" || !link) return [];
    return [{ ...create, link, revision: outcome.revision }];
  });
}

async function afterCreate(
  batch: SyncBatch,
  stores: SyncStores,
  { sides, decision, link }: BegunCreate,
  outcome: CrmWritten | undefined,
): Promise<LinkDraft> {
  const { context } = batch;
  if (outcome?.status === "written") {
    await batch.endLetter(stores, sides.link);
    return created(batch, sides, decision, link, outcome);
  }
  if (outcome?.status === "refused") return refusedCreate(batch, stores, decision, link, outcome.error);
  const { attempt } = notesOf(link);
  batch.log.add({ action: "failed", recordId: link.recordId, code: outcome?.error.code ?? "unknown" });
  return withNotes(
    { ...link, state: "unknown", failures: link.failures + 1, dueAt: timeOf(context) },
    { attempt: attempt && { ...attempt, lostAt: timeOf(context) } },
  );
}

function created(
  { context, counts, log }: SyncBatch,
  { app, table }: LinkSides,
  { sent, awaits }: WantedCreate["decision"],
  link: LinkDraft,
  { id, record }: Extract<CrmWritten, { readonly status: "written" }>,
): LinkDraft {
  counts.createdInCrm += 1;
  log.add({ action: "created-in-crm", recordId: link.recordId, crmId: id, fields: Object.keys(sent) });
  const kept = record ? crmValues(context, record, table) : sent;
  const base = agreedOnSent(sent, kept);
  const linked: LinkDraft = {
    ...without(link, "error"),
    ...{ state: "linked", crmId: id, base, failures: 0 },
    ...(app && { recordRevision: app.revision }),
    ...(record && { crmUpdatedAt: record.updatedAt }),
  };
  const done = withNotes(linked, {
    ...{ attempt: undefined, awaits: undefined, open: undefined, letter: undefined },
  });
  // What the CRM added by itself, or what the record hangs on and is to be linked yet, is seen at another look.
  const isWhole = record && Object.keys(kept).every((name) => isSame(kept[name], base.crm[name]));
  if (!isWhole || awaits) return { ...done, dueAt: timeOf(context) };
  return { ...done, crmHash: contentHash(record).hash };
}

async function refusedCreate(
  batch: SyncBatch,
  stores: SyncStores,
  { sent }: WantedCreate["decision"],
  link: LinkDraft,
  error: SalesAgentError,
): Promise<LinkDraft> {
  // Nothing was made: the attempt is over, and its notes with it.
  const fresh = withNotes({ ...link, state: "new" }, { attempt: undefined });
  if (SalesAgentError.is(error, "crm.exists")) {
    const existing = await takeExisting(batch, stores, link, error.facts.recordId);
    if (existing) return existing;
  }
  return batch.fail(stores, fresh, error, { operation: "create", payload: { fields: sent } });
}

/** The CRM answered with a record that another one of the app is linked with: two of ours are one of theirs. */
async function refuseTwin(batch: SyncBatch, { link, decision }: BegunCreate): Promise<void> {
  const { context, kind } = batch;
  const stores = context.storage;
  const [stands] = await stores.links.findByRecords(context.connection, kind, [link.recordId], {
    signal: context.signal,
  });
  if (!stands) return;
  const error = twinError(batch, stands);
  const fresh = withNotes({ ...draftOf(stands), state: "new" }, { attempt: undefined });
  const failed = await batch.fail(stores, fresh, error, {
    ...{ operation: "create", payload: { fields: decision.sent } },
  });
  await batch.writeLinks(stores, [{ link: failed, ifRevision: stands.revision }]);
}

function twinError({ context }: SyncBatch, link: CrmLink): SalesAgentError {
  return new SalesAgentError("crm.exists", {
    message: `The ${link.kind} ${link.recordId} has the address or domain of another record that is linked with ${context.connection}. Merge the two in the app, or correct one of them.`,
    facts: { crm: context.connection, kind: link.kind },
    replay: "safe",
  });
}
