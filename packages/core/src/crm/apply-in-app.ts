import type { ConflictRecord, LinkDraft, LinkWrite, RecordWrite } from "@salesagent/ports";
import { SalesAgentError } from "@salesagent/ports";
import { beginUpdates } from "./begin-updates.js";
import { removalConflict, toConflictRecord, WHOLE_RECORD } from "./conflict-records.js";
import { contentHash } from "./content-hash.js";
import type { LinkDecision } from "./decide-link.js";
import { endedConflicts, keepConflicts, openConflicts, openFields } from "./keep-conflicts.js";
import { lookAgain } from "./link-failure.js";
import { draftOf, notesOf, withNotes, without } from "./link-notes.js";
import { crmValues } from "./link-table.js";
import { matchKeys } from "./match-keys.js";
import type { LinkSides } from "./read-sides.js";
import { toParts } from "./record-values.js";
import type { SyncBatch } from "./sync-batch.js";
import { type SyncContext, type SyncStores, timeOf } from "./sync-context.js";

/** A link with what was decided on it. */
export interface DecidedLink {
  readonly sides: LinkSides;
  readonly decision: LinkDecision;
}

/** A merge of which the CRM is still to be told its part. */
export interface OpenMerge {
  readonly sides: LinkSides;
  readonly merged: Extract<LinkDecision, { readonly type: "merge" }>["merged"];
  /** The link as it will be when the CRM took it. */
  readonly next: LinkDraft;
}

/** Waits of a link whose record hangs on one that is not linked yet; then it is left as it is until something changes. */
const AWAIT_MS = [60_000, 60_000, 60_000, 600_000, 3_600_000, 21_600_000] as const;

/**
 * Does what decisions ask of the app, in one transaction: records by their revisions, conflicts, and the links of which nothing is
 * left to do. A record that somebody wrote since it was read is left alone, and its link due again.
 *
 * @returns What is left for the CRM.
 */
export async function applyInApp(
  batch: SyncBatch,
  decided: readonly DecidedLink[],
): Promise<readonly OpenMerge[]> {
  const refused = new Map<string, SalesAgentError>();
  const before = { ...batch.counts };
  const work = (stores: SyncStores) => {
    // It may be run again, and what it counted and noted then never was.
    Object.assign(batch.counts, before);
    batch.log.clear();
    return apply(batch, stores, decided, refused);
  };
  for (;;) {
    try {
      return await batch.context.storage.transaction(work, {
        ...{ isolation: "read-committed", signal: batch.context.signal },
      });
    } catch (error) {
      if (!(error instanceof UnstorablePut)) throw error;
      refused.set(error.recordId, error.error);
    }
  }
}

const ENDS_CONFLICTS: ReadonlySet<LinkDecision["type"]> = new Set(["end", "bring-back", "removal"]);

class UnstorablePut extends Error {
  constructor(
    readonly recordId: string,
    readonly error: SalesAgentError,
  ) {
    super("unstorable record");
  }
}

async function apply(
  batch: SyncBatch,
  stores: SyncStores,
  decided: readonly DecidedLink[],
  refused: ReadonlyMap<string, SalesAgentError>,
): Promise<readonly OpenMerge[]> {
  const { context } = batch;
  const stale = new Set<string>();
  const revisions = await putRecords(batch, stores, decided, refused, stale);
  const writes: LinkWrite[] = [];
  const open: OpenMerge[] = [];
  const conflicts: ConflictRecord[] = [];
  const gone: string[] = [];
  for (const { sides, decision } of decided) {
    const { link } = sides;
    const error = refused.get(link.recordId);
    if (error) {
      const failed = await batch.fail(stores, draftOf(link), error, { operation: "reconcile" });
      writes.push({ link: failed, ifRevision: link.revision });
    } else if (stale.has(link.recordId)) {
      writes.push({ link: { ...draftOf(link), dueAt: timeOf(context) }, ifRevision: link.revision });
    } else if (decision.type === "merge") {
      const next = await afterMerge(batch, stores, sides, decision, revisions.get(link.recordId));
      conflicts.push(...decision.merged.conflicts.map((one) => toConflictRecord(context, next, one)));
      gone.push(...endedConflicts(sides.link, next));
      if (decision.merged.change) open.push({ sides, merged: decision.merged, next });
      else writes.push({ link: next, ifRevision: link.revision });
    } else {
      const next = afterOther(batch, sides, decision, revisions.get(link.recordId), conflicts);
      if (next) writes.push({ link: next, ifRevision: link.revision });
      if (ENDS_CONFLICTS.has(decision.type))
        gone.push(...(next ? endedConflicts(sides.link, next) : openConflicts(sides.link)));
    }
  }
  await keepConflicts(batch, stores, conflicts, gone);
  const written = await batch.writeLinks(stores, writes);
  // Another link took the id first: the next look finds that one.
  const taken = decided.flatMap(({ sides: { link } }) => {
    const index = writes.findIndex((write) => write.link.recordId === link.recordId);
    const isTaken = index >= 0 && written[index]?.status === "taken";
    return isTaken ? [{ link: lookAgain(context, draftOf(link)), ifRevision: link.revision }] : [];
  });
  await batch.writeLinks(stores, taken);
  const begun = await beginUpdates(batch, stores, open);
  await batch.log.write(context, stores, batch.kind);
  return begun;
}

async function putRecords(
  { context }: SyncBatch,
  stores: SyncStores,
  decided: readonly DecidedLink[],
  refused: ReadonlyMap<string, SalesAgentError>,
  stale: Set<string>,
): Promise<ReadonlyMap<string, string>> {
  const puts = decided.flatMap(({ sides, decision }) => {
    if (refused.has(sides.link.recordId)) return [];
    if (decision.type === "merge") return decision.merged.put ? [decision.merged.put] : [];
    if (decision.type === "bring-back") return broughtBack(context, sides);
    return decision.type === "removal" && decision.removal === "to-app" ? removalIn(sides, decision.now) : [];
  });
  const revisions = new Map<string, string>();
  if (puts.length === 0) return revisions;
  try {
    const written = await stores.records.writeMany(puts, { signal: context.signal });
    for (const [index, { id }] of puts.entries()) {
      const outcome = written[index];
      if (outcome?.status === "written") revisions.set(id, outcome.revision);
      else stale.add(id);
    }
    return revisions;
  } catch (error) {
    const index =
      SalesAgentError.is(error, "store.invalid") && /^writes\[(\d+)\]/.exec(error.facts.field)?.[1];
    const put = typeof index === "string" ? puts[Number(index)] : undefined;
    if (!put || !SalesAgentError.is(error)) throw error;
    throw new UnstorablePut(put.id, error);
  }
}

function removalIn({ app, link }: LinkSides, now: boolean): readonly RecordWrite[] {
  if (!app || !now) return [];
  return [{ op: "remove", kind: link.kind, id: app.id, ifRevision: app.revision }];
}

/** A record of the app made again from what the CRM has. */
function broughtBack(context: SyncContext, { link, crm, table }: LinkSides): readonly RecordWrite[] {
  if (!crm) return [];
  const { fields, custom, links } = toParts(crmValues(context, crm, table));
  const draft = { fields, custom, links, keys: matchKeys(link.kind, fields) };
  return [{ op: "put", kind: link.kind, id: link.recordId, draft }];
}

async function afterMerge(
  batch: SyncBatch,
  stores: SyncStores,
  { link, app, crm }: LinkSides,
  { merged, awaits }: Extract<LinkDecision, { readonly type: "merge" }>,
  revision: string | undefined,
): Promise<LinkDraft> {
  const { context, log, counts } = batch;
  const { recordId } = link;
  if (merged.put) {
    counts.updatedInApp += 1;
    log.add({ action: "updated-in-app", recordId, crmId: crm?.id, fields: merged.toApp });
  }
  if (merged.settled.length > 0) log.add({ action: "rewriting-settled", recordId, fields: merged.settled });
  await batch.endLetter(stores, link);
  const linked: LinkDraft = {
    ...without(draftOf(link), "removal", "error", "dueAt"),
    ...{ state: "linked", failures: 0, base: merged.base, recordRevision: revision ?? app?.revision ?? "" },
    ...(crm && { crmId: crm.id, crmHash: contentHash(crm).hash, crmUpdatedAt: crm.updatedAt }),
  };
  const waits = awaits ? (notesOf(link).awaits ?? 0) : 0;
  const waitMs = awaits ? AWAIT_MS[waits] : undefined;
  const open = merged.conflicts.filter(({ taken }) => taken === "open");
  const ids = open.map((one) => [one.field, toConflictRecord(context, linked, one).id]);
  return withNotes(waitMs === undefined ? linked : { ...linked, dueAt: timeOf(context, waitMs) }, {
    ...{ attempt: undefined, mergedInto: undefined, gone: undefined, decided: undefined },
    ...{ letter: undefined, cleared: undefined },
    told: merged.change ? merged.sent : undefined,
    pairs: Object.keys(merged.pairs).length > 0 ? merged.pairs : undefined,
    open: ids.length > 0 ? Object.fromEntries(ids) : undefined,
    awaits: awaits ? waits + 1 : undefined,
  });
}

/** Undefined where the link is for the CRM to move on. */
function afterOther(
  batch: SyncBatch,
  sides: LinkSides,
  decision: LinkDecision,
  revision: string | undefined,
  conflicts: ConflictRecord[],
): LinkDraft | undefined {
  const { context, log, counts } = batch;
  const { link, crm } = sides;
  const { recordId, crmId } = link;
  const draft = without(draftOf(link), "dueAt");
  switch (decision.type) {
    case "rest":
      return draft;
    case "rekey":
      log.add({ action: "merged-in-crm", recordId, crmId: decision.crmId });
      return withNotes(
        { ...draft, crmId: decision.crmId, dueAt: timeOf(context) },
        { mergedInto: undefined },
      );
    case "wait":
      return afterWait(context, sides);
    case "bring-back": {
      const values = crm ? crmValues(context, crm, sides.table) : {};
      counts.createdInApp += 1;
      log.add({ action: "brought-back", recordId, crmId });
      return withNotes(
        {
          ...without(draft, "removal", "error"),
          ...{ state: "linked", failures: 0, base: { app: values, crm: values } },
          ...(revision !== undefined && { recordRevision: revision }),
          ...(crm && { crmId: crm.id, crmHash: contentHash(crm).hash, crmUpdatedAt: crm.updatedAt }),
        },
        { decided: undefined, gone: undefined, open: undefined, cleared: undefined },
      );
    }
    case "removal":
      if (decision.now && decision.removal === "to-crm") return undefined;
      if (decision.now) {
        counts.removedInApp += 1;
        log.add({ action: "removed-in-app", recordId, crmId });
        return endedLink(draft, "both");
      }
      if (link.removal !== decision.removal) log.add({ action: "removal-pending", recordId, crmId });
      return withNotes(
        { ...draft, state: "linked", removal: decision.removal },
        { cleared: undefined, open: openFields(link) },
      );
    case "removal-conflict": {
      const conflict = removalConflict(context, link, decision.gone);
      conflicts.push(conflict);
      log.add({ action: "removal-conflict", recordId, crmId });
      const held: LinkDraft = { ...without(draft, "removal"), state: "held" };
      return withNotes(held, { open: { ...notesOf(link).open, [WHOLE_RECORD]: conflict.id } });
    }
    case "end":
      return endedLink(draft, decision.gone);
    default:
      return undefined;
  }
}

/** A link of which nothing is left to be kept in step. The CRM's id stays, so that a record that comes back is known. */
export function endedLink(draft: LinkDraft, gone: "app" | "crm" | "both"): LinkDraft {
  const { crmId } = draft;
  const ended = without(draft, "base", "recordRevision", "crmHash", "removal", "error", "notes", "dueAt");
  return withNotes(
    { ...ended, state: "removed", failures: 0 },
    { gone: crmId === undefined ? "both" : gone },
  );
}

function afterWait(context: SyncContext, { link }: LinkSides): LinkDraft {
  const waits = notesOf(link).awaits ?? 0;
  const waitMs = AWAIT_MS[Math.min(waits, AWAIT_MS.length - 1)] ?? 0;
  return withNotes({ ...draftOf(link), dueAt: timeOf(context, waitMs) }, { awaits: waits + 1 });
}
