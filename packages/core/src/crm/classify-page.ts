import {
  type CrmLink,
  type CrmRecord,
  type CrmRemoval,
  type JsonObject,
  type LinkStanding,
  type RecordDraft,
  type RecordKind,
  SalesAgentError,
} from "@salesagent/ports";
import type { FieldRules } from "./default-rules.js";
import { notesOf } from "./link-notes.js";
import { awaitsLinks, crmValues, isUsable, readLinkTable } from "./link-table.js";
import { lookAt, type RecordLook } from "./look-at-record.js";
import { matchKeys } from "./match-keys.js";
import { matchUnlinked } from "./match-unlinked.js";
import type { AgreedBase } from "./merge-record.js";
import { toParts } from "./record-values.js";
import { rulesOf, type SyncContext, type SyncStores } from "./sync-context.js";

/** What a page's records mean for the app. */
export interface PageFindings {
  unchanged: number;
  /** Ids of the CRM whose links are to be looked at. */
  readonly due: string[];
  /** Links of records that were merged into others. */
  readonly merged: { readonly link: CrmLink; readonly into: string }[];
  /** Links that ended, of records that stand again. */
  readonly revived: CrmLink[];
  /** Records that belong to one that the app has. */
  readonly adopted: {
    readonly record: CrmRecord;
    readonly recordId: string;
    readonly link: CrmLink | undefined;
    /** What both sides had when the CRM made it, where the app had it made. */
    readonly base?: AgreedBase | undefined;
  }[];
  readonly created: {
    readonly record: CrmRecord;
    readonly draft: RecordDraft;
    /** Of all fields that go to the app. */
    readonly values: JsonObject;
    readonly hash: string;
    /** It hangs on one that is not linked yet. */
    readonly awaits: boolean;
  }[];
  readonly refused: { readonly crmId: string; readonly error: SalesAgentError }[];
}

/** Ids of the CRM of links that are written anew, whole: few, mostly. */
interface EndedIds {
  /** Into which record each was merged. */
  readonly merged: Map<string, string>;
  readonly revived: Set<string>;
}

/** A record that is new here, as it came. */
export interface Unlinked {
  readonly record: CrmRecord;
  readonly hash: string;
}

/**
 * Tells what a page's records mean, and writes nothing.
 *
 * @param page.looks - At its records, where they were taken before.
 */
export async function classifyPage(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  page: {
    readonly records: readonly CrmRecord[];
    readonly looks?: readonly RecordLook[] | undefined;
    readonly removed?: readonly CrmRemoval[] | undefined;
  },
  refused: ReadonlyMap<string, SalesAgentError> = new Map(),
): Promise<PageFindings> {
  const findings: PageFindings = {
    ...{ unchanged: 0, due: [], merged: [], revived: [], adopted: [], created: [], refused: [] },
  };
  // Of one that comes twice, the later state counts.
  const looks = page.looks ?? page.records.map((record) => lookAt(context, record));
  const latest = new Map(looks.map((look) => [look.record.id, look]));
  const links = await standingsOf(context, stores, kind, latest, page.removed ?? []);
  const ended: EndedIds = { merged: new Map(), revived: new Set() };
  for (const removal of page.removed ?? []) classifyRemoval(removal, links, latest, findings, ended);
  const unlinked: Unlinked[] = [];
  const takenOver: Unlinked[] = [];
  for (const { record, hash, chars, misfit } of latest.values()) {
    const error = refused.get(record.id) ?? misfit;
    if (error) findings.refused.push({ crmId: record.id, error });
    else if (chars > context.limits.maxRecordChars) {
      findings.refused.push({ crmId: record.id, error: tooLarge(context, record, chars) });
    } else {
      const isTakenOver = noteMerges(record, links, ended);
      const link = links.get(record.id);
      if (link) classifyLinked(link, hash, findings, ended);
      else (isTakenOver ? takenOver : unlinked).push({ record, hash });
    }
  }
  await addEnded(context, stores, kind, ended, findings);
  await matchUnlinked(context, stores, kind, { unlinked, takenOver }, findings);
  return findings;
}

/** Drafts of records that the app is to have. */
export async function draftNew(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  unlinked: readonly Unlinked[],
  findings: PageFindings,
): Promise<void> {
  const records = unlinked.map(({ record }) => record);
  const table = await readLinkTable(context, stores, kind, { app: [], crm: records });
  const rules = rulesOf(context, kind);
  const kept = Object.values(rules).some(({ direction }) => direction === "to-crm");
  for (const { record, hash } of unlinked) {
    const all = crmValues(context, record, table);
    const values = kept ? withoutKept(all, rules) : all;
    const { fields, custom, links } = toParts(values);
    const draft = { fields, custom, links, keys: matchKeys(kind, fields) };
    const awaits = awaitsLinks(context, kind, { crm: record }, table);
    findings.created.push({ record, draft, values, hash, awaits });
  }
}

/** Values without those that only go to the CRM. */
function withoutKept(values: JsonObject, rules: FieldRules): JsonObject {
  const entries = Object.entries(values).filter(([field]) => rules[field]?.direction !== "to-crm");
  return Object.fromEntries(entries);
}

async function standingsOf(
  { connection, signal }: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  looks: ReadonlyMap<string, RecordLook>,
  removed: readonly CrmRemoval[],
): Promise<ReadonlyMap<string, LinkStanding>> {
  const ids = new Set(looks.keys());
  for (const { record } of looks.values()) for (const id of record.mergedIds ?? []) ids.add(id);
  for (const { id } of removed) ids.add(id);
  const found =
    ids.size === 0 ? [] : await stores.links.findStandings(connection, kind, [...ids], { signal });
  const links = new Map<string, LinkStanding>();
  for (const link of found) if (link) links.set(link.crmId, link);
  return links;
}

function classifyRemoval(
  { id, mergedInto }: CrmRemoval,
  links: ReadonlyMap<string, LinkStanding>,
  records: ReadonlyMap<string, unknown>,
  findings: PageFindings,
  ended: EndedIds,
): void {
  const link = links.get(id);
  if (!link || !isUsable(link)) return;
  if (mergedInto === undefined) findings.due.push(id);
  // One that stands under its own id in the same page was not merged after all.
  else if (!records.has(id)) noteMerge(id, mergedInto, ended);
  else findings.due.push(id);
}

/** A page may tell of one merge several times. */
function noteMerge(id: string, into: string, { merged }: EndedIds): void {
  if (!merged.has(id)) merged.set(id, into);
}

/** @returns Whether others that are linked were merged into it: one of them takes its id, unless it is linked itself. */
function noteMerges(record: CrmRecord, links: ReadonlyMap<string, LinkStanding>, ended: EndedIds): boolean {
  let isTakenOver = false;
  for (const id of record.mergedIds ?? []) {
    const link = links.get(id);
    if (!link || id === record.id || !isUsable(link)) continue;
    noteMerge(id, record.id, ended);
    isTakenOver = true;
  }
  return isTakenOver;
}

function classifyLinked(
  link: LinkStanding,
  hash: string,
  findings: PageFindings,
  { revived }: EndedIds,
): void {
  const { crmId, crmHash, state, removal, hasBase } = link;
  if (state === "erased") return;
  if (state === "removed") {
    if (notesOf(link).gone !== "app") revived.add(crmId);
    else findings.unchanged += 1;
  } else if (crmHash === hash && removal !== "to-app" && hasBase) findings.unchanged += 1;
  else findings.due.push(crmId);
}

/** Reads whole the links that are written anew. One that somebody else ended, or took up again, meanwhile is left to them. */
async function addEnded(
  { connection, signal }: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  { merged, revived }: EndedIds,
  findings: PageFindings,
): Promise<void> {
  const ids = [...merged.keys(), ...revived];
  if (ids.length === 0) return;
  for (const link of await stores.links.findByCrmIds(connection, kind, ids, { signal })) {
    if (link?.crmId === undefined) continue;
    const into = merged.get(link.crmId);
    if (into === undefined) {
      if (link.state === "removed") findings.revived.push(link);
    } else if (isUsable(link)) findings.merged.push({ link, into });
  }
}

function tooLarge({ connection, limits }: SyncContext, record: CrmRecord, chars: number): SalesAgentError {
  return new SalesAgentError("crm.field_invalid", {
    message: `The ${record.kind} ${record.id} of ${connection} has ${chars} characters; at most ${limits.maxRecordChars} are taken in. Shorten it, or raise limits.maxRecordChars.`,
    facts: { crm: connection, kind: record.kind, field: "$record", recordId: record.id },
    replay: "safe",
  });
}
