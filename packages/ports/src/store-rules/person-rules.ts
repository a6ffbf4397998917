import type { PersonalRecords, PersonQuery } from "../stores/erasure-store.js";
import { type Mentions, toMentions } from "./mentions.js";
import { toNormalId } from "./shared-records.js";
import { invalidValue } from "./store-errors.js";

/** A person, as stores look for them. */
export interface NormalPerson {
  readonly mentions: Mentions;
  /** Each once. */
  readonly threadIds: readonly string[];
  readonly leadIds: readonly string[];
  readonly subjects: readonly string[];
  readonly recordIds: readonly string[];
  /** Whether a thread is one of theirs: it was named, or its id mentions them. */
  isTheirThread(threadId: string | undefined): boolean;
  isTheirLead(leadId: string | undefined): boolean;
  isTheirSubject(subject: string | undefined): boolean;
  /** Whether a contact is named as this person. */
  isTheirRecord(recordId: string): boolean;
}

/** @throws `store.invalid` naming the field. */
export function toNormalPerson(person: PersonQuery): NormalPerson {
  const mentions = toMentions(person);
  const threadIds = toIds("threadIds", person.threadIds);
  const leadIds = toIds("leadIds", person.leadIds);
  const subjects = toIds("subjects", person.subjects);
  const recordIds = toIds("recordIds", person.recordIds);
  return {
    mentions,
    threadIds: [...threadIds],
    leadIds: [...leadIds],
    subjects: [...subjects],
    recordIds: [...recordIds],
    isTheirThread: (threadId) =>
      threadId !== undefined && (threadIds.has(threadId) || mentions.isIn(threadId)),
    isTheirLead: (leadId) => leadId !== undefined && leadIds.has(leadId),
    isTheirSubject: (subject) => subject !== undefined && subjects.has(subject),
    isTheirRecord: (recordId) => recordIds.has(recordId),
  };
}

/** What was found, by the names of the stores in the order of the alphabet; stores with nothing are left out. */
export function toPersonalRecords(counts: Readonly<Record<string, number>>): readonly PersonalRecords[] {
  return Object.entries(counts)
    .filter(([, records]) => records > 0)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([store, records]) => ({ store, records }));
}

function toIds(field: string, ids: readonly string[] = []): ReadonlySet<string> {
  if (!Array.isArray(ids)) throw invalidValue("erasure", `person.${field}`, "it is not a list");
  return new Set(ids.map((id, index) => toNormalId("erasure", `person.${field}[${index}]`, id)));
}
