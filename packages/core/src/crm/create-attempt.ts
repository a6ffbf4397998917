import type { CrmLink, CrmRecord, JsonObject, JsonValue, RecordKind } from "@salesagent/ports";
import { isSameName, NAME_PARTS } from "./contact-name.js";
import { isKeptAs, likeness } from "./likeness.js";
import { notesOf } from "./link-notes.js";
import { identityKeys } from "./match-keys.js";
import type { AgreedBase } from "./merge-record.js";
import { isLinkName, toParts, toValues } from "./record-values.js";
import { rulesOf, type SyncContext } from "./sync-context.js";

/** A record made while an answer was lost is taken for the lost one from this likeness on, though somebody edited it since. */
const LIKE_ENOUGH = 0.5;

/**
 * How likely it is that a record of the CRM is the one that an attempt made: 0 when it is not, 1 when it says all that was sent.
 * One that is known to be older is not; of one that was made meanwhile, a shared address or a {@link likeness} of a half is enough.
 */
export function shareOfAttempt(context: SyncContext, link: CrmLink, record: CrmRecord): number {
  const { attempt } = notesOf(link);
  if (!attempt) return 0;
  const ageMs = Date.parse(record.createdAt ?? "") - Date.parse(attempt.beganAt);
  // Clocks differ, and stamps are rounded.
  if (ageMs < -2 * context.toleranceMs) return 0;
  const kind = link.kind as RecordKind;
  const share = likeness(attempt.sent, toValues(record, Object.keys(rulesOf(context, kind))));
  const isMadeMeanwhile = !Number.isNaN(ageMs);
  if (!isMadeMeanwhile) return share === 1 ? 1 : 0;
  const keys = identityKeys(kind, toParts(attempt.sent).fields);
  const theirs = identityKeys(kind, record.fields as CrmRecord<RecordKind>["fields"]);
  if (keys.some((key) => theirs.includes(key))) return Math.max(share, LIKE_ENOUGH);
  return share >= LIKE_ENOUGH ? share : 0;
}

/**
 * What both sides had when the CRM made a record: what was sent, in the form in which the CRM keeps it. What it says otherwise was
 * changed since.
 */
export function agreedOnAttempt(link: CrmLink, kept: JsonObject): AgreedBase | undefined {
  const sent = notesOf(link).attempt?.sent;
  return sent && agreedOnSent(sent, kept);
}

/** As {@link agreedOnAttempt}, of values. */
export function agreedOnSent(sent: JsonObject, kept: JsonObject): AgreedBase {
  const crm: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(sent)) {
    const isForm = !isLinkName(name) && isKeptAs(value, kept[name]);
    crm[name] = isForm ? (kept[name] ?? value) : value;
  }
  // A CRM that keeps a name as one text divides it in its own way.
  if (isSameName(sent, kept)) for (const part of NAME_PARTS) crm[part] = kept[part] ?? null;
  return { app: sent, crm };
}
