import type {
  CrmLink,
  CrmLinks,
  CrmRecord,
  CrmWrite,
  JsonObject,
  JsonValue,
  RecordKind,
  RecordLinks,
  RecordWrite,
  StoredRecord,
} from "@salesagent/ports";
import { FULL_NAME, isNamePart, isSameName, NAME_PARTS } from "./contact-name.js";
import { hashOf } from "./content-hash.js";
import type { FieldRules } from "./default-rules.js";
import { withoutErased } from "./erased-values.js";
import { foldFullName } from "./fold-full-name.js";
import { isOtherForm, isTakenAs } from "./likeness.js";
import { notesOf, type RewritePair } from "./link-notes.js";
import { appValues, crmValues, type LinkTable } from "./link-table.js";
import { keysAfter } from "./match-keys.js";
import { type AgreedBase, type FieldConflict, mergeRecord } from "./merge-record.js";
import { instantOf, instantsOf } from "./record-instant.js";
import { changedFields, isLinkName, linkedKind, toParts, withoutNulls } from "./record-values.js";
import { rulesOf, type SyncContext, timeOf } from "./sync-context.js";

/** What a CRM is to be told of a record, of whichever kind. */
export type AnyChange = Extract<CrmWrite, { readonly op: "update" }>["change"];

/** What a link's two records come to. */
export interface MergedSides {
  /** The app's record after it; absent where nothing changes. */
  readonly put?: Extract<RecordWrite, { readonly op: "put" }>;
  /** What the CRM is to be told; absent where nothing changes. */
  readonly change?: AnyChange;
  /** Names of fields that go either way. */
  readonly toApp: readonly string[];
  readonly toCrm: readonly string[];
  readonly conflicts: readonly FieldConflict[];
  /** The base once the app has its part. */
  readonly base: AgreedBase;
  /** What the app is to have, by field, and what the CRM is to be told; null takes a value away. */
  readonly toAppValues: JsonObject;
  readonly sent: JsonObject;
  /** What the CRM says now. */
  readonly crm: JsonObject;
  readonly pairs: Readonly<Record<string, RewritePair>>;
  /** Fields of which each side insists on its own form. */
  readonly settled: readonly string[];
}

/** How often a side may answer a value with the same other one before both are left as they are. */
const REWRITES = 3;
const REWRITE_WINDOW_MS = 3_600_000;

/** Merges the two records of a link over what they last agreed on. Pure. */
export function mergeSides(
  context: SyncContext,
  link: CrmLink,
  app: StoredRecord,
  crm: CrmRecord,
  table: LinkTable,
): MergedSides {
  const ours = appValues(context, app, table);
  const theirs = withoutErased(link.base, crmValues(context, crm, table));
  const merged = mergeRecord(
    { values: ours, changedAtMs: instantOf(app.updatedAt), fieldChangedAtMs: instantsOf(app.fieldTimes) },
    { values: theirs, changedAtMs: instantOf(crm.updatedAt) },
    link.base,
    { rules: rulesOf(context, link.kind), toleranceMs: context.toleranceMs },
  );
  const draft = new MergeDraft(merged, ours, theirs);
  draft.keepForms();
  draft.keepDivision(link.base);
  draft.foldName(rulesOf(context, link.kind), link.base);
  const rewrites = draft.settleRewrites(context, link);
  draft.keepLinksThatStay(crm, table);
  return { ...draft.result(link, app, crm, table), ...rewrites };
}

/** A merge on its way to what can be written. */
class MergeDraft {
  readonly #toApp: Record<string, JsonValue>;
  readonly #toCrm: Record<string, JsonValue>;
  #conflicts: readonly FieldConflict[];
  readonly #base: { readonly app: Record<string, JsonValue>; readonly crm: Record<string, JsonValue> };
  readonly #ours: JsonObject;
  readonly #theirs: JsonObject;

  constructor(
    { toApp, toCrm, conflicts, base }: ReturnType<typeof mergeRecord>,
    ours: JsonObject,
    theirs: JsonObject,
  ) {
    this.#toApp = { ...toApp };
    this.#toCrm = { ...toCrm };
    this.#conflicts = conflicts;
    this.#base = { app: { ...base.app }, crm: { ...base.crm } };
    this.#ours = ours;
    this.#theirs = theirs;
  }

  /** Two forms of one value are no conflict: an answer was lost, or both sides were told the same. */
  keepForms(): void {
    const isForm = ({ field, app, crm }: FieldConflict) => !isLinkName(field) && isOtherForm(app, crm);
    for (const conflict of this.#conflicts) if (isForm(conflict)) this.#leave(conflict.field);
    // What both sides gathered is there: nothing of it is lost, and nobody need know.
    this.#conflicts = this.#conflicts.filter((conflict) => conflict.taken !== "both" && !isForm(conflict));
  }

  /** A name that each side divides in its own way is no conflict, and none is asked to divide it in the other's. */
  keepDivision(before: AgreedBase | undefined): void {
    const isContested = this.#conflicts.some(({ field }) => isNamePart(field));
    if ((before && !isContested) || !isSameName(this.#ours, this.#theirs)) return;
    this.#conflicts = this.#conflicts.filter(({ field }) => !isNamePart(field));
    for (const part of NAME_PARTS) this.#leave(part);
  }

  /** A name that both sides edited is one edit of each, though it stands in a part and in the whole. */
  foldName(rules: FieldRules, before: AgreedBase | undefined): void {
    const merged = { toApp: this.#toApp, toCrm: this.#toCrm, conflicts: this.#conflicts };
    const folded = foldFullName(merged, this.#ours, this.#theirs, rules);
    if (!folded) return;
    const { toApp, toCrm, isAgreed } = folded;
    this.#conflicts = this.#conflicts.filter(({ field }) => field !== FULL_NAME);
    replace(this.#toApp, FULL_NAME, toApp);
    replace(this.#toCrm, FULL_NAME, toCrm);
    const after = (told: JsonValue | undefined, own: JsonObject) =>
      told === undefined ? own[FULL_NAME] : told;
    set(this.#base.app, FULL_NAME, isAgreed ? after(toApp, this.#ours) : before?.app[FULL_NAME]);
    set(this.#base.crm, FULL_NAME, isAgreed ? after(toCrm, this.#theirs) : before?.crm[FULL_NAME]);
  }

  /** Where the CRM answers a value with the same other one again and again, each side keeps its own. */
  settleRewrites(context: SyncContext, link: CrmLink): Pick<MergedSides, "pairs" | "settled"> {
    const pairs: Record<string, RewritePair> = {};
    const settled: string[] = [];
    const nowMs = context.clock.now();
    for (const [field, pair] of Object.entries(notesOf(link).pairs ?? {})) {
      if (nowMs - Date.parse(pair.at) < REWRITE_WINDOW_MS) pairs[field] = pair;
    }
    const contested = new Set(this.#conflicts.map(({ field }) => field));
    for (const [field, value] of Object.entries(this.#toApp)) {
      if (!link.base || contested.has(field) || link.base.app[field] === undefined) continue;
      const pair = hashOf(link.base.app[field], value);
      const before = pairs[field];
      const times = before?.pair === pair ? before.times + 1 : 1;
      pairs[field] = { pair, times, at: timeOf(context) };
      if (times < REWRITES) continue;
      settled.push(field);
      this.#leave(field);
    }
    return { pairs, settled };
  }

  /** A CRM takes no link away: one that the app does not have any more stays there, and both are left as they are. */
  keepLinksThatStay(crm: CrmRecord, table: LinkTable): void {
    for (const name of Object.keys(this.#toCrm).filter(isLinkName)) {
      const kind = linkedKind(name);
      const wanted = (this.#toCrm[name] ?? []) as readonly string[];
      const there = new Set(crm.links[kind]);
      if (table.toCrmIds(kind, wanted).some((id) => !there.has(id))) continue;
      delete this.#toCrm[name];
      set(this.#base.crm, name, this.#theirs[name]);
      set(this.#base.app, name, this.#toApp[name] ?? this.#ours[name]);
    }
  }

  result(
    link: CrmLink,
    app: StoredRecord,
    crm: CrmRecord,
    table: LinkTable,
  ): Omit<MergedSides, "pairs" | "settled"> {
    const [toApp, toCrm] = [Object.keys(this.#toApp), Object.keys(this.#toCrm)];
    const before = link.base ?? { app: {}, crm: {} };
    for (const name of toCrm) {
      set(this.#base.app, name, before.app[name]);
      set(this.#base.crm, name, before.crm[name]);
    }
    return {
      ...(toApp.length > 0 && { put: putOf(app, this.#toApp, table) }),
      ...(toCrm.length > 0 && { change: changeOf(link.kind, crm.id, this.#toCrm, table) }),
      ...{ toApp, toCrm, conflicts: this.#conflicts, base: this.#base, crm: this.#theirs },
      toAppValues: this.#toApp,
      sent: this.#toCrm,
    };
  }

  /** Writes nothing, and takes what each side has for agreed. */
  #leave(field: string): void {
    delete this.#toApp[field];
    delete this.#toCrm[field];
    set(this.#base.app, field, this.#ours[field]);
    set(this.#base.crm, field, this.#theirs[field]);
  }
}

/**
 * The base after the CRM took what it was told, in the form in which it keeps it. What it says otherwise by then was changed since: an
 * answer may be what stood a moment after the write.
 */
export function baseAfterAnswer({ base, sent, crm }: MergedSides, answer: JsonObject): AgreedBase {
  const next = { app: { ...base.app }, crm: { ...base.crm } } as {
    readonly app: Record<string, JsonValue>;
    readonly crm: Record<string, JsonValue>;
  };
  for (const [name, value] of Object.entries(sent)) {
    set(next.app, name, value);
    // A link may have been added to others that only the CRM has.
    if (isLinkName(name)) set(next.crm, name, answer[name] ?? crm[name]);
    else set(next.crm, name, isTakenAs(value, answer[name]) ? answer[name] : value);
  }
  if (Object.keys(sent).some(isNamePart) && isSameName(next.app, answer)) {
    for (const part of NAME_PARTS) set(next.crm, part, answer[part]);
  }
  return next;
}

/** A record of the app after changes by field. */
export function putOf(
  app: StoredRecord,
  changes: Readonly<Record<string, JsonValue>>,
  table: LinkTable,
): Extract<RecordWrite, { readonly op: "put" }> {
  const parts = toParts(changes);
  const fields = changedFields(app.fields, parts.fields);
  const fieldTimes = Object.entries(app.fieldTimes).filter(([field]) => !(field in changes));
  return {
    ...{ op: "put", kind: app.kind, id: app.id, ifRevision: app.revision },
    draft: {
      fields,
      custom: withoutNulls({ ...app.custom, ...parts.custom }),
      links: linksAfter(app, parts.links, table),
      keys: keysAfter(app.keys, app.kind, fields),
      fieldTimes: Object.fromEntries(fieldTimes),
    },
  };
}

/** What only the app knows stays; what was removed or merged does not. */
function linksAfter(
  app: StoredRecord,
  changes: Partial<Record<RecordKind, readonly string[]>>,
  table: LinkTable,
): RecordLinks {
  const links: Partial<Record<RecordKind, readonly string[]>> = { ...app.links };
  for (const [name, ids] of Object.entries(changes)) {
    const kind = name as RecordKind;
    const own = (app.links[kind] ?? []).filter((id) => {
      const link = table.linkOfRecord(kind, id);
      return !link || (link.crmId === undefined && link.state !== "removed");
    });
    const after = [...new Set([...ids, ...own])];
    if (after.length === 0) delete links[kind];
    else links[kind] = after;
  }
  return links;
}

/** What a CRM is told of changes by field. */
function changeOf(
  kind: RecordKind,
  id: string,
  changes: Readonly<Record<string, JsonValue>>,
  table: LinkTable,
): AnyChange {
  const { fields, custom } = toParts(changes);
  const links = crmLinksOf(changes, table);
  return {
    ...{ kind, id },
    ...(Object.keys(fields).length > 0 && { fields }),
    ...(Object.keys(custom).length > 0 && { custom }),
    ...(Object.keys(links).length > 0 && { links }),
  } as AnyChange;
}

/** What a record hangs on, by the CRM's ids. */
export function crmLinksOf(values: Readonly<Record<string, JsonValue>>, table: LinkTable): CrmLinks {
  const links: Partial<Record<RecordKind, readonly string[]>> = {};
  for (const [name, ids] of Object.entries(toParts(values).links)) {
    const kind = name as RecordKind;
    const translated = table.toCrmIds(kind, ids);
    if (translated.length > 0) links[kind] = translated;
  }
  return links;
}

function set(values: Record<string, JsonValue>, name: string, value: JsonValue | undefined): void {
  if (value === undefined || value === null) delete values[name];
  else values[name] = value;
}

/** Null is a change like others: it takes a value away. */
function replace(changes: Record<string, JsonValue>, name: string, value: JsonValue | undefined): void {
  if (value === undefined) delete changes[name];
  else changes[name] = value;
}
