import type { ConflictRecord, CrmLink, DeadLetter, InboxEntry, SyncEntry, SyncRun } from "@salesagent/ports";
import {
  toErasedConflict,
  toErasedInboxEntry,
  toErasedLetter,
  toErasedLink,
  toErasedSyncEntry,
  toErasedSyncRun,
  toMentionlessLink,
} from "@salesagent/ports/store-rules";
import { instant, optional, text } from "../columns.js";
import type { RecordColumn } from "../record-columns.js";
import { fromLinkRow, LINK_CONTENT, linkFields } from "../sync/link-rows.js";
import { CONFLICT_COLUMNS, CONFLICT_FIELDS, fromConflictRow } from "../sync/pg-conflict-store.js";
import { fromLetterRow, LETTER_FIELDS } from "../sync/pg-dead-letter-store.js";
import { fromInboxRow, INBOX_FIELDS } from "../sync/pg-inbox-store.js";
import {
  fromSyncEntryRow,
  fromSyncRunRow,
  SYNC_ENTRY_COLUMNS,
  SYNC_ENTRY_FIELDS,
  SYNC_RUN_COLUMNS,
  SYNC_RUN_FIELDS,
} from "../sync/pg-sync-run-store.js";
import type { PersonSearch } from "./person-search.js";
import type { PersonalTable } from "./table-eraser.js";

const theirContacts = (column: string) => ({
  columns: [column],
  ids: ({ contacts }: PersonSearch) => [...contacts],
});

const byId: readonly RecordColumn<{ readonly id: string }>[] = [
  { name: "id", type: "text", read: ({ id }) => id },
];

function pick<T>(columns: readonly RecordColumn<T>[], ...names: readonly string[]) {
  return columns.filter(({ name }) => names.includes(name));
}

/** A link with the lease of whoever works on it. */
interface LeasedLink extends CrmLink {
  readonly leaseUntil?: string;
}

/** The columns of what a write replaces, of a link that is there. */
const LINK_COLUMNS: readonly RecordColumn<LeasedLink>[] = LINK_CONTENT.map(({ name, type, read }) => ({
  ...{ name, type },
  read: (link) => read({ link, ifRevision: undefined, keepDue: true, keepLease: true }),
}));

/** Links of contacts that are the person keep the CRM's id alone; whoever works on a link that changes is fenced. */
export const personalLinks: PersonalTable<LeasedLink> = {
  ...{ store: "links", table: "crm_links" },
  key: [
    { name: "connection", type: "text", read: ({ connection }) => connection },
    { name: "kind", type: "text", read: ({ kind }) => kind },
    { name: "record_id", type: "text", read: ({ recordId }) => recordId },
  ],
  says: ["base_app", "base_crm", "notes", "error"],
  theirs: theirContacts("record_id"),
  selected: `${linkFields("due_at")}, ${instant("lease_until")}`,
  fromRow: (row) => ({ ...fromLinkRow(row), ...optional("leaseUntil", row, "lease_until", text) }),
  erased(link, search) {
    if (search.isOfTheirContact(link)) return toErasedLink(link, search.instant);
    const left = toMentionlessLink(link, search.person.mentions);
    return left === link ? link : { ...left, revision: link.revision + 1, updatedAt: search.instant };
  },
  changed: [
    ...LINK_COLUMNS,
    { name: "due_at", type: "timestamptz", read: ({ dueAt }) => dueAt },
    { name: "lease_until", type: "timestamptz", read: ({ leaseUntil }) => leaseUntil },
    { name: "revision", type: "bigint", read: ({ revision }) => revision },
    { name: "updated_at", type: "timestamptz", read: ({ updatedAt }) => updatedAt },
  ],
};

export const personalConflicts: PersonalTable<ConflictRecord> = {
  ...{ store: "conflicts", table: "conflicts", key: byId },
  says: ["base", "app", "crm", "value", "ended_by"],
  theirs: theirContacts("record_id"),
  ...{ selected: CONFLICT_FIELDS, fromRow: fromConflictRow },
  erased: (conflict, search) =>
    search.isOfTheirContact(conflict) ? undefined : toErasedConflict(conflict, search.person.mentions),
  changed: pick(CONFLICT_COLUMNS, "base", "app", "crm", "value", "ended_by"),
};

export const personalLetters: PersonalTable<DeadLetter> = {
  ...{ store: "deadLetters", table: "dead_letters", key: byId },
  says: ["payload", "error", "history", "ended_by"],
  theirs: theirContacts("record_id"),
  ...{ selected: LETTER_FIELDS, fromRow: fromLetterRow },
  erased: (letter, search) =>
    search.isOfTheirContact(letter) ? undefined : toErasedLetter(letter, search.person.mentions),
  changed: [
    { name: "payload", type: "json", read: ({ payload }) => payload },
    { name: "error", type: "json", read: ({ error }) => error },
    { name: "history", type: "json", read: ({ history }) => history },
    { name: "ended_by", type: "text", read: ({ endedBy }) => endedBy },
  ],
};

export const personalSyncRuns: PersonalTable<SyncRun> = {
  ...{ store: "syncRuns", table: "sync_runs", key: pick(SYNC_RUN_COLUMNS, "id") },
  says: ["error"],
  ...{ selected: SYNC_RUN_FIELDS, fromRow: fromSyncRunRow },
  erased: (run, { person }) => toErasedSyncRun(run, person.mentions),
  changed: pick(SYNC_RUN_COLUMNS, "error"),
};

/** One that is about their contacts alone has one of them first. */
export const personalSyncEntries: PersonalTable<SyncEntry> = {
  ...{ store: "syncRuns", table: "sync_entries", key: pick(SYNC_ENTRY_COLUMNS, "id") },
  says: ["detail"],
  theirs: theirContacts("record_ids ->> 0"),
  ...{ selected: SYNC_ENTRY_FIELDS, fromRow: fromSyncEntryRow },
  erased: (entry, { person, contacts }) =>
    toErasedSyncEntry(entry, person.mentions, (recordId) => contacts.has(recordId)),
  changed: pick(SYNC_ENTRY_COLUMNS, "detail"),
};

/** Patterns can't be looked for in base64, so whatever has a body is read. */
export const personalInbox: PersonalTable<InboxEntry> = {
  ...{ store: "inbox", table: "inbox", key: byId },
  says: ["body", "hints", "error"],
  theirs: { columns: ["(body <> '')::text"], ids: () => ["true"] },
  ...{ selected: INBOX_FIELDS, fromRow: fromInboxRow },
  erased: (entry, { person }) => toErasedInboxEntry(entry, person.mentions),
  changed: [
    { name: "body", type: "text", read: ({ body }) => body },
    { name: "hints", type: "json", read: ({ hints }) => hints },
    { name: "error", type: "optional json", read: ({ error }) => error },
  ],
};
