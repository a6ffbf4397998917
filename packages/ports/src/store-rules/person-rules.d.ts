import type { PersonalRecords, PersonQuery } from "../stores/erasure-store.js";
import { type Mentions } from "./mentions.js";
/** A person, as stores look for them. */
export interface NormalPerson {
  readonly mentions: Mentions;
  /** Each once. */
  readonly threadIds: readonly string[];
  readonly leadIds: readonly string[];
  /** Whether a thread is one of theirs: it was named, or its id mentions them. */
  isTheirThread(threadId: string | undefined): boolean;
  isTheirLead(leadId: string | undefined): boolean;
}
/** @throws `store.invalid` naming the field. */
export declare function toNormalPerson(person: PersonQuery): NormalPerson;
/** What was found, by the names of the stores in the order of the alphabet; stores with nothing are left out. */
export declare function toPersonalRecords(
  counts: Readonly<Record<string, number>>,
): readonly PersonalRecords[];
