import type { ConflictRecord } from "../stores/conflict-store.js";
import type { DeadLetter } from "../stores/dead-letter-store.js";
import type { InboxEntry } from "../stores/inbox-store.js";
import type { CrmLink } from "../stores/link-store.js";
import type { StoredRecord } from "../stores/record-store.js";
import type { SyncEntry, SyncRun } from "../stores/sync-run-store.js";
import { withoutMentions } from "./erased-fields.js";
import type { Mentions } from "./mentions.js";
import type { NormalPerson } from "./person-rules.js";

/*
 * As in `erased-records.ts`, each of these gives back the very record where it has nothing to erase.
 */

/** Fields of a contact that say who it is. */
const TELLING = ["email", "otherEmails", "phone", "otherPhones", "linkedinUrl"] as const;
/** Keys that name a person, by what they begin with. */
const NAMING_KEY = /^(?:email|phone|linkedin|profile):/;

/** Whether a contact is the person: it was named, or its address, number or profile is one of theirs. */
export function isContactOf(
  { kind, id, keys, fields }: Pick<StoredRecord, "kind" | "id" | "keys" | "fields">,
  { mentions, isTheirRecord }: NormalPerson,
): boolean {
  if (kind !== "contact") return false;
  if (isTheirRecord(id) || keys.some((key) => NAMING_KEY.test(key) && mentions.isIn(key))) return true;
  const told = new Map(Object.entries(fields));
  return TELLING.some((field) => mentions.isIn(told.get(field)));
}

/** Of a record that is not the person: keys that mention them go. Its revision and times are the storage's to write. */
export function toErasedRecord(record: StoredRecord, mentions: Mentions): StoredRecord {
  const rest = withoutMentions(record, mentions, { data: ["custom"], parts: ["fields"] });
  const keys = record.keys.filter((key) => !mentions.isIn(key));
  return keys.length === record.keys.length ? rest : Object.freeze({ ...rest, keys: Object.freeze(keys) });
}

/**
 * The link of a contact that is the person: nothing but what tells that the CRM's record is never to come again.
 *
 * @param instant - ISO 8601 in UTC.
 */
export function toErasedLink(link: CrmLink, instant: string): CrmLink {
  if (link.state === "erased") return link;
  const { connection, kind, recordId, crmId, revision, createdAt } = link;
  return Object.freeze({
    ...{ connection, kind, recordId },
    ...(crmId === undefined ? {} : { crmId }),
    ...{ state: "erased" as const, failures: 0, revision: revision + 1, createdAt, updatedAt: instant },
  });
}

/** A link of another record. Its revision and time are the storage's to write. */
export function toMentionlessLink(link: CrmLink, mentions: Mentions): CrmLink {
  return withoutMentions(link, mentions, { data: ["base", "notes"], parts: ["error"] });
}

/** A conflict of another record. */
export function toErasedConflict(conflict: ConflictRecord, mentions: Mentions): ConflictRecord {
  return withoutMentions(conflict, mentions, { data: ["base", "app", "crm", "value", "endedBy"] });
}

/** A dead letter of another record. */
export function toErasedLetter(letter: DeadLetter, mentions: Mentions): DeadLetter {
  return withoutMentions(letter, mentions, { data: ["payload", "history", "endedBy"], parts: ["error"] });
}

export function toErasedSyncRun(run: SyncRun, mentions: Mentions): SyncRun {
  return withoutMentions(run, mentions, { parts: ["error"] });
}

/** @param isTheirContact - Whether an id is that of a contact that is the person. */
export function toErasedSyncEntry(
  entry: SyncEntry,
  mentions: Mentions,
  isTheirContact: (recordId: string) => boolean,
): SyncEntry {
  const { detail, ...rest } = entry;
  const isOnlyTheirs =
    entry.kind === "contact" && entry.recordIds.length > 0 && entry.recordIds.every(isTheirContact);
  if (detail !== undefined && isOnlyTheirs) return Object.freeze(rest);
  return withoutMentions(entry, mentions, { data: ["detail"] });
}

/** One whose body mentions the person loses it; what its reader took of it stays, without the mention. */
export function toErasedInboxEntry(entry: InboxEntry, mentions: Mentions): InboxEntry {
  const rest = withoutMentions(entry, mentions, { data: ["hints"], parts: ["error"] });
  return mentions.isIn(readBase64(entry.body)) ? Object.freeze({ ...rest, body: "" }) : rest;
}

function readBase64(body: string): string {
  const bytes = Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
