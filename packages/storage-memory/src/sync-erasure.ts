import type { DeadLetter, StoredRecord } from "@salesagent/ports";
import {
  isContactOf,
  type NormalPerson,
  toErasedConflict,
  toErasedInboxEntry,
  toErasedLetter,
  toErasedLink,
  toErasedRecord,
  toErasedSyncEntry,
  toErasedSyncRun,
  toLetterKey,
  toMentionlessLink,
} from "@salesagent/ports/store-rules";
import type { LinkRow } from "./link-table.js";
import { both, type ErasurePlan, planRows } from "./planned-rows.js";
import { toRowId } from "./record-table.js";
import type { TenantTables } from "./tenant-tables.js";

type IsTheirs = (row: { readonly kind: string; readonly recordId?: string }) => boolean;

/** What goes of a person out of the stores of syncs. */
export function planSyncErasure(
  tables: TenantTables,
  person: NormalPerson,
  now: string,
): Readonly<Record<string, ErasurePlan>> {
  const { conflicts, inbox, links, records, syncEntries, syncRuns } = tables;
  const { mentions, recordIds } = person;
  const contacts = new Set(recordIds);
  for (const { row } of records.entries("contact")) if (isContactOf(row, person)) contacts.add(row.id);
  const isTheirs: IsTheirs = ({ kind, recordId }) =>
    kind === "contact" && recordId !== undefined && contacts.has(recordId);
  return {
    records: planRecords(tables, person, now),
    links: planRows(links, (row) => eraseLink(row, person, now, isTheirs)),
    conflicts: planRows(conflicts, (row) => (isTheirs(row) ? undefined : toErasedConflict(row, mentions))),
    deadLetters: planLetters(tables, person, isTheirs),
    syncRuns: both(
      planRows(syncRuns, (run) => toErasedSyncRun(run, mentions)),
      planRows(syncEntries, (entry) => toErasedSyncEntry(entry, mentions, (id) => contacts.has(id))),
    ),
    inbox: planRows(inbox, (row) => {
      const entry = toErasedInboxEntry(row.entry, mentions);
      return entry === row.entry ? row : Object.freeze({ ...row, entry });
    }),
  };
}

function planRecords(
  { records, recordRemovals }: TenantTables,
  person: NormalPerson,
  now: string,
): ErasurePlan {
  const gone: StoredRecord[] = [];
  const next = ({ revision }: StoredRecord) => String(Number(revision) + 1);
  const plan = planRows(records, (record) => {
    if (isContactOf(record, person)) {
      gone.push(record);
      return undefined;
    }
    const left = toErasedRecord(record, person.mentions);
    return left === record ? record : Object.freeze({ ...left, revision: next(record), updatedAt: now });
  });
  return {
    records: plan.records,
    carryOut() {
      plan.carryOut();
      for (const record of gone) {
        const { kind, id } = record;
        const removal = Object.freeze({ kind, id, removedAt: now, revision: next(record) });
        recordRemovals.insert(toRowId(kind, id), 0, removal);
      }
    },
  };
}

/** Whoever works on a link that changes is fenced. */
function eraseLink(row: LinkRow, { mentions }: NormalPerson, now: string, isTheirs: IsTheirs): LinkRow {
  const { link } = row;
  if (isTheirs(link)) {
    const left = toErasedLink(link, now);
    return left === link ? row : Object.freeze({ link: left, leaseUntil: undefined });
  }
  const left = toMentionlessLink(link, mentions);
  if (left === link) return row;
  return Object.freeze({
    ...row,
    link: Object.freeze({ ...left, revision: link.revision + 1, updatedAt: now }),
  });
}

function planLetters(
  { deadLetters, openLetters }: TenantTables,
  { mentions }: NormalPerson,
  isTheirs: IsTheirs,
): ErasurePlan {
  const gone: DeadLetter[] = [];
  const plan = planRows(deadLetters, (letter) => {
    if (!isTheirs(letter)) return toErasedLetter(letter, mentions);
    gone.push(letter);
    return undefined;
  });
  return {
    records: plan.records,
    carryOut() {
      plan.carryOut();
      for (const letter of gone) if (letter.status === "open") openLetters.delete(toLetterKey(letter));
    },
  };
}
