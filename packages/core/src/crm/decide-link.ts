import type { CrmLink, CrmRecord, CrmWrite, JsonObject, RecordKind } from "@salesagent/ports";
import { notesOf } from "./link-notes.js";
import { appValues, awaitsLinks, crmValues } from "./link-table.js";
import { crmLinksOf, type MergedSides, mergeSides } from "./merge-sides.js";
import type { LinkSides } from "./read-sides.js";
import { isLinkName, toParts } from "./record-values.js";
import { isSame } from "./same-value.js";
import { rulesOf, type SyncContext, supportOf } from "./sync-context.js";

/** A record that is to be made, of whichever kind. */
export type AnyDraft = Extract<CrmWrite, { readonly op: "create" }>["draft"];

/**
 * How often a record waits for what it hangs on to be made, before it is made without: a CRM such as Close makes a company of its own
 * for a contact that comes without one.
 */
const PATIENCE = 4;

/** What is to be done about a link that is due. */
export type LinkDecision =
  /** Both records stand. `awaits`: they hang on one that is not linked yet. */
  | { readonly type: "merge"; readonly merged: MergedSides; readonly awaits: boolean }
  /** To be made in the CRM. */
  | { readonly type: "create"; readonly draft: AnyDraft; readonly sent: JsonObject; readonly awaits: boolean }
  /** Can't be made before what it hangs on is. */
  | { readonly type: "wait" }
  /** A create's outcome is to be found out. */
  | { readonly type: "look-up" }
  /** The app is to have it again. */
  | { readonly type: "bring-back" }
  /** The CRM merged it into one that is not linked: the link takes that one's id before anything else is done. */
  | { readonly type: "rekey"; readonly crmId: string }
  /** The CRM merged it with one that is linked too. */
  | { readonly type: "absorb"; readonly other: CrmLink }
  /** The id under which the CRM has it belongs to another link, which is looked at first. */
  | { readonly type: "yield"; readonly other: CrmLink }
  /** One side is gone, and the other is to go: at once, or when it is known how many are. */
  | { readonly type: "removal"; readonly removal: "to-app" | "to-crm"; readonly now: boolean }
  /** One side is gone, and the other was changed since. */
  | { readonly type: "removal-conflict"; readonly gone: "app" | "crm" }
  /** There is nothing any more to be kept in step. */
  | { readonly type: "end"; readonly gone: "app" | "crm" | "both" }
  | { readonly type: "rest" };

/** Decides what is to be done about a link, by what both sides say now. Pure. */
export function decideLink(context: SyncContext, sides: LinkSides): LinkDecision {
  const { link, app, crm } = sides;
  if (link.state === "erased") return { type: "rest" };
  if (link.crmId === undefined) return decideUnlinked(context, sides);
  if (crm && crm.id !== link.crmId) {
    return sides.other ? decideMerged(sides.other) : { type: "rekey", crmId: crm.id };
  }
  if (app && crm)
    return {
      type: "merge",
      merged: mergeSides(context, link, app, crm, sides.table),
      awaits: isAwaiting(context, sides),
    };
  if (crm) return decideWithoutApp(context, sides);
  if (app) return decideWithoutCrm(context, sides);
  return { type: "end", gone: "both" };
}

function decideUnlinked(context: SyncContext, sides: LinkSides): LinkDecision {
  const { link, app } = sides;
  const { attempt } = notesOf(link);
  if (attempt && link.state !== "new") return { type: "look-up" };
  if (!app) return { type: "end", gone: "both" };
  return decideCreate(context, sides);
}

function decideCreate(context: SyncContext, sides: LinkSides): LinkDecision {
  const { link, app, table } = sides;
  const support = supportOf(context, link.kind);
  if (!app || !support.create || context.direction === "to-app") return { type: "rest" };
  const rules = rulesOf(context, link.kind);
  const sent = Object.fromEntries(
    Object.entries(appValues(context, app, table)).filter(([field]) => rules[field]?.direction !== "to-app"),
  );
  const { fields, custom } = toParts(sent);
  const links = crmLinksOf(sent, table);
  const { requiredLink } = support;
  if (requiredLink !== undefined && (links[requiredLink] ?? []).length === 0) return { type: "wait" };
  const awaits = isAwaiting(context, sides);
  if (awaits && (notesOf(link).awaits ?? 0) < PATIENCE) return { type: "wait" };
  const draft = {
    ...{ kind: link.kind, fields },
    ...(Object.keys(custom).length > 0 && { custom }),
    ...(Object.keys(links).length > 0 && { links }),
  } as AnyDraft;
  return { type: "create", draft, sent, awaits };
}

function decideMerged(other: CrmLink): LinkDecision {
  if (other.state === "erased") return { type: "end", gone: "both" };
  const isFirst = other.state === "removed" || other.crmId === undefined;
  return isFirst ? { type: "yield", other } : { type: "absorb", other };
}

function decideWithoutApp(context: SyncContext, sides: LinkSides): LinkDecision {
  const { link } = sides;
  const { decided, gone } = notesOf(link);
  const canRemove = context.direction !== "to-app" && supportOf(context, link.kind).remove;
  if (decided === "keep" || (link.state === "removed" && gone !== "app")) return { type: "bring-back" };
  if (!canRemove || link.state === "removed") return { type: "end", gone: "app" };
  if (decided !== "remove" && isCrmChanged(context, sides)) return { type: "removal-conflict", gone: "app" };
  return { type: "removal", removal: "to-crm", now: isCleared(link, "to-crm") };
}

function decideWithoutCrm(context: SyncContext, sides: LinkSides): LinkDecision {
  const { link } = sides;
  const { decided } = notesOf(link);
  if (decided === "keep" || link.state === "removed") return decideCreate(context, sides);
  if (context.direction === "to-crm") return { type: "end", gone: "crm" };
  if (decided !== "remove" && isAppChanged(context, sides)) return { type: "removal-conflict", gone: "crm" };
  return { type: "removal", removal: "to-app", now: isCleared(link, "to-app") };
}

function isCleared(link: CrmLink, removal: "to-app" | "to-crm"): boolean {
  const { cleared, decided } = notesOf(link);
  return decided === "remove" || (cleared === true && link.removal === removal);
}

function isCrmChanged(context: SyncContext, { link, crm, table }: LinkSides): boolean {
  if (!link.base || !crm) return true;
  const now = crmValues(context, crm, table);
  const counted = isAsWritten(link, crm) ? inFieldsOf(now, link.base.crm) : now;
  return isChanged(context, link.kind, link.base.crm, counted, "to-crm");
}

/** Nobody touched it since we wrote it, and no look at it came yet: what it says beside that, the CRM added by itself. */
function isAsWritten({ crmHash, crmUpdatedAt }: CrmLink, crm: CrmRecord): boolean {
  return crmHash === undefined && crmUpdatedAt !== undefined && crm.updatedAt === crmUpdatedAt;
}

function inFieldsOf(values: JsonObject, others: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([field]) => field in others));
}

function isAppChanged(context: SyncContext, { link, app, table }: LinkSides): boolean {
  if (!link.base || !app) return true;
  // What the CRM was told and may never have heard is a change still.
  if (app.revision === link.recordRevision && notesOf(link).told === undefined) return false;
  return isChanged(context, link.kind, link.base.app, appValues(context, app, table), "to-app");
}

/** What a record hangs on does not count: that may go with it. */
function isChanged(
  context: SyncContext,
  kind: RecordKind,
  base: JsonObject,
  now: JsonObject,
  ignored: "to-app" | "to-crm",
): boolean {
  return Object.entries(rulesOf(context, kind)).some(
    ([field, { direction }]) =>
      direction !== ignored && !isLinkName(field) && !isSame(base[field], now[field]),
  );
}

function isAwaiting(context: SyncContext, { link, app, crm, table }: LinkSides): boolean {
  return awaitsLinks(context, link.kind, { app, crm }, table);
}
