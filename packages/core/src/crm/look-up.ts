import {
  type CrmLink,
  type CrmLookup,
  type CrmLookupSupport,
  type CrmRecord,
  type JsonObject,
  type LinkDraft,
  type LinkWrite,
  type RecordKind,
  SalesAgentError,
} from "@salesagent/ports";
import { type DecidedLink, endedLink } from "./apply-in-app.js";
import { agreedOnAttempt, shareOfAttempt } from "./create-attempt.js";
import { lookAgain } from "./link-failure.js";
import { draftOf, notesOf, withNotes, without } from "./link-notes.js";
import { identityKeys } from "./match-keys.js";
import { toParts, toValues } from "./record-values.js";
import type { SyncBatch } from "./sync-batch.js";
import { bulkCall, rulesOf, type SyncContext, type SyncStores, supportOf, timeOf } from "./sync-context.js";

/** How long a create that can't be looked up may be lost before a person is asked: a walk or a feed may bring it meanwhile. */
const LOST_MS = 600_000;

/**
 * Finds out what became of creates whose answers were lost: by a key that reads what was written, at once; by an index, once it
 * can't lag behind any more. What is found is linked; what surely isn't there is made again; and what nobody can tell waits for a
 * walk, and at last for a person.
 */
export async function lookUpLost(batch: SyncBatch, decided: readonly DecidedLink[]): Promise<void> {
  const { context } = batch;
  const stores = context.storage;
  for (const { sides, decision } of decided) {
    if (decision.type !== "look-up") continue;
    const { link, app } = sides;
    const write = async (next: LinkDraft) => {
      const wanted: LinkWrite = { link: next, ifRevision: link.revision };
      const [kept] = await batch.writeLinks(stores, [wanted]);
      if (kept?.status !== "taken") return;
      await batch.writeLinks(stores, [{ ...wanted, link: lookAgain(context, draftOf(link)) }]);
    };
    if (batch.fatal || batch.isLate) await write({ ...draftOf(link), dueAt: timeOf(context) });
    else await write(await lookUpOne(batch, stores, link, app !== undefined));
  }
  await batch.log.write(context, stores, batch.kind);
}

async function lookUpOne(
  batch: SyncBatch,
  stores: SyncStores,
  before: CrmLink,
  hasRecord: boolean,
): Promise<LinkDraft> {
  const { context } = batch;
  const link = knownAsLost(context, before);
  const ways = waysToLookUp(context, link);
  try {
    for (const way of ways) {
      const waitMs = lagLeft(context, link, way);
      if (waitMs > 0) return { ...draftOf(link), state: "unknown", dueAt: timeOf(context, waitMs) };
      const { records, certain } = await context.provider.lookup(way.what, bulkCall(context));
      const found = await mostLikely(context, stores, link, records);
      if (found) return linkFound(batch, link, found);
      if (certain || way.support.consistency === "index")
        return makeAgain(batch, stores, link, hasRecord, certain);
    }
  } catch (error) {
    context.signal?.throwIfAborted();
    if (!SalesAgentError.is(error)) throw error;
    return batch.fail(stores, { ...draftOf(link), state: "unknown" }, error, { operation: "create" });
  }
  return waitForWalk(batch, stores, link);
}

/** A create that was under way when its process ended is lost from the moment at which that is found. */
function knownAsLost(context: SyncContext, link: CrmLink): CrmLink {
  const { attempt } = notesOf(link);
  if (!attempt || attempt.lostAt !== undefined) return link;
  const { notes } = withNotes(draftOf(link), { attempt: { ...attempt, lostAt: timeOf(context) } });
  return { ...link, ...(notes && { notes }) };
}

interface WayToLookUp {
  readonly support: CrmLookupSupport;
  readonly what: CrmLookup<RecordKind>;
}

/** By which of its keys a record can be looked up, the surest first. */
function waysToLookUp(context: SyncContext, link: Pick<CrmLink, "kind" | "notes">): readonly WayToLookUp[] {
  const { attempt } = notesOf(link);
  const { kind } = link;
  const { lookup } = supportOf(context, kind);
  const ways = lookup.flatMap((support): readonly WayToLookUp[] => {
    const value = keyOf(support.by, attempt?.sent ?? {});
    return value === undefined ? [] : [{ support, what: { kind, [support.by]: value } }];
  });
  const rank = ({ support }: WayToLookUp) => (support.consistency === "strong" ? 0 : 1);
  return ways.sort((one, other) => rank(one) - rank(other));
}

function keyOf(by: CrmLookupSupport["by"], sent: JsonObject): string | undefined {
  if (by === "externalId") return undefined;
  const value = by === "name" ? (sent["fullName"] ?? sent["name"]) : sent[by];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function lagLeft({ clock }: SyncContext, link: CrmLink, { support }: WayToLookUp): number {
  if (support.consistency === "strong") return 0;
  const lostMs = Date.parse(notesOf(link).attempt?.lostAt ?? "");
  return lostMs + (support.lagMs ?? LOST_MS) - clock.now();
}

async function mostLikely(
  context: SyncContext,
  stores: SyncStores,
  link: CrmLink,
  records: readonly CrmRecord[],
): Promise<CrmRecord | undefined> {
  if (records.length === 0) return undefined;
  const ids = records.map(({ id }) => id);
  const links = await stores.links.findStandings(context.connection, link.kind, ids, {
    signal: context.signal,
  });
  let best: { readonly record: CrmRecord; readonly share: number } | undefined;
  for (const [index, record] of records.entries()) {
    const holder = links[index];
    const share = holder && holder.recordId !== link.recordId ? 0 : shareOfAttempt(context, link, record);
    if (share > (best?.share ?? 0)) best = { record, share };
  }
  return best?.record;
}

/** The link of a create whose record was found; due again, so that what was changed since is carried over. */
export function linkFound({ context, counts, log }: SyncBatch, link: CrmLink, record: CrmRecord): LinkDraft {
  counts.createdInCrm += 1;
  log.add({ action: "found-after-lost-answer", recordId: link.recordId, crmId: record.id });
  const base = agreedOnAttempt(link, toValues(record, Object.keys(rulesOf(context, link.kind))));
  const linked: LinkDraft = {
    ...without(draftOf(link), "error"),
    ...{ state: "linked", crmId: record.id, failures: 0, dueAt: timeOf(context) },
    ...(base && { base }),
  };
  return withNotes(linked, { attempt: undefined });
}

async function makeAgain(
  batch: SyncBatch,
  stores: SyncStores,
  link: CrmLink,
  hasRecord: boolean,
  certain: boolean,
): Promise<LinkDraft> {
  const { context } = batch;
  if (!hasRecord) return endedLink(draftOf(link), "both");
  const calls = notesOf(link).attempt?.calls ?? 0;
  if (!certain && calls >= context.limits.attempts) return askPerson(batch, stores, link);
  return lookAgain(context, { ...draftOf(link), state: "new" });
}

async function waitForWalk(batch: SyncBatch, stores: SyncStores, link: CrmLink): Promise<LinkDraft> {
  const { context } = batch;
  const leftMs = Date.parse(notesOf(link).attempt?.lostAt ?? "") + LOST_MS - context.clock.now();
  if (leftMs > 0) return { ...draftOf(link), state: "unknown", dueAt: timeOf(context, leftMs) };
  return askPerson(batch, stores, link);
}

function askPerson(batch: SyncBatch, stores: SyncStores, link: CrmLink): Promise<LinkDraft> {
  const { connection } = batch.context;
  const error = new SalesAgentError("crm.unsupported", {
    message: `Whether ${connection} made the ${link.kind} ${link.recordId} is not known, and nothing can tell. Look for it by hand: if it is there, the next sync links it; if not, replay this letter.`,
    facts: { crm: connection, kind: link.kind, operation: "lookup" },
    replay: "unsafe",
  });
  const { attempt } = notesOf(link);
  const payload = attempt ? { fields: attempt.sent } : {};
  return batch.fail(stores, { ...draftOf(link), state: "unknown" }, error, { operation: "create", payload });
}

/**
 * The CRM refused a create since it has such a record: the two belong together, unless that one is linked with another.
 *
 * @returns Nothing where it is, or where the CRM does not tell which it is.
 */
export async function takeExisting(
  { context, kind, log }: SyncBatch,
  stores: SyncStores,
  link: LinkDraft,
  toldId: string | undefined,
): Promise<LinkDraft | undefined> {
  const id = toldId ?? (await existingId(context, kind, link));
  if (id === undefined) return undefined;
  const [holder] = await stores.links.findStandings(context.connection, kind, [id], {
    signal: context.signal,
  });
  if (holder && holder.recordId !== link.recordId) return undefined;
  log.add({ action: "linked", recordId: link.recordId, crmId: id });
  const linked: LinkDraft = { ...link, state: "linked", crmId: id, failures: 0, dueAt: timeOf(context) };
  return withNotes(linked, { attempt: undefined });
}

async function existingId(
  context: SyncContext,
  kind: RecordKind,
  link: LinkDraft,
): Promise<string | undefined> {
  const { attempt } = notesOf(link);
  const keys = identityKeys(kind, toParts(attempt?.sent ?? {}).fields);
  for (const { what } of waysToLookUp(context, link)) {
    const { records } = await context.provider.lookup(what, bulkCall(context));
    const same = records.find((record) =>
      identityKeys(kind, record.fields as CrmRecord<RecordKind>["fields"]).some((key) => keys.includes(key)),
    );
    if (same) return same.id;
  }
  return undefined;
}
