import type { CallOptions } from "../call-options.js";

/** A person, by all that may tell of them. */
export interface PersonQuery {
  /**
   * Addresses, telephone numbers, profile links, names: 1–50 texts of 3–400 characters. They are looked for without regard to case
   * and as whole words: `bo@figma.example` is not found in `jumbo@figma.example`. White space stands for any white space; letters
   * of scripts without spaces, such as Chinese, may stand next to a text. Found as well: what is escaped in an address of the web,
   * or in a text of JSON.
   */
  readonly mentions: readonly string[];
  /** Conversations with them, beside those whose id mentions them: all of these goes. */
  readonly threadIds?: readonly string[] | undefined;
  /** What facts are filed under that are about this person, such as `person:42`: all of these goes, whatever it says. */
  readonly subjects?: readonly string[] | undefined;
  /** Leads that are this person: all of these goes, with their results. In other leads, mentions are erased. */
  readonly leadIds?: readonly string[] | undefined;
  /** Contacts among the records kept in step with CRMs that are this person, beside those whose address, number or profile says so. */
  readonly recordIds?: readonly string[] | undefined;
}

/** How much of a store is about a person. */
export interface PersonalRecords {
  /** Such as `messages` or `flows`, as the stores of a tenant are called. */
  readonly store: string;
  /** Of `messages`: messages and summaries. Of `syncRuns`: runs and entries. */
  readonly records: number;
}

/** What stands in the place of a mention that was erased. */
export const ERASED = "[erased]";

/**
 * Finds and erases what one tenant's stores hold of a person.
 *
 * What is whole about the person goes: their leads and results, messages and summaries of their threads, facts of their subjects
 * and threads, and facts, cached answers and vectors that mention them. A vector goes as well whose `data` names one of their
 * subjects as its `subject`, or one of their threads as its `threadId`: that is where a memory keeps the facts that it finds by it. Of runs of graphs that mention them or belong to their threads the record stays, without its
 * input (null then), output, checkpoints, steps and events; one that has not ended is cancelled by it, with a `stop` by
 * `erasure`, and its worker fenced; one that failed can't be reopened. In all other records — leads, agents' runs, steps, results,
 * effects, approvals, the audit trail, messages and summaries of other threads, imports — each mention becomes {@link ERASED},
 * and the record stays.
 *
 * An effect stays settled under its key, so that it is not done again. An approval whose arguments change is refused by `erasure`
 * where it waits for a decision or for its use. A part of a message that changes loses its `providerData`. A lead loses keys
 * that mention the person; one that has no other is kept under `erased:` and its id.
 *
 * Of what is kept in step with CRMs: a contact that is the person goes whole and is told as removed; one is that which was named,
 * and one that has a mention as its address, telephone number or profile, or in a key of these (`email:`, `phone:`, `linkedin:`,
 * `profile:`). Its links become `erased`, with neither base, notes, error nor what is due, and keep the CRM's id, so that no sync
 * brings it back; its conflicts and dead letters go; entries of the history about it alone lose their detail. The contact itself
 * goes last, so that an erasure that was interrupted finds the rest again. In other records
 * mentions become {@link ERASED}, also in both sides of the links' bases, and keys that mention the person go; the same in other
 * conflicts, dead letters and the history. A request to a webhook whose body mentions them loses its body. A sync
 * reads nothing into a field whose base tells of an erasure, until the CRM was told what somebody wrote there anew. Erase the person
 * in the CRM as well: it keeps what it has, and may tell it in other fields.
 *
 * A stream loses all its events where one of them mentions the person, or where it or the run of its id belongs to one of their threads
 * or leads, or that run or one of its steps mentions them: what is told piece by piece may tell of somebody without naming them in any
 * one piece. The stream itself stays, and goes on after the number of its last event; mentions in who began or stopped it, in its thread
 * and its error become {@link ERASED}.
 *
 * Ids, keys, hashes, and names that the host's code gives stay as they are: put no person's data into them, but for the ids of
 * threads, which may hold an address. Budgets, breakers, sums of use, model calls, workflows, cursors of syncs, rates, leases,
 * credentials and API keys hold no person's data. What is written while it goes on, by a run of an agent under way or a transaction that commits later, is not found: erase again then.
 */
export interface ErasureStore {
  readonly port: "erasure-store/1";
  /**
   * What {@link ErasureStore.erase} would change, by store in the order of the alphabet; stores with nothing are left out.
   *
   * @throws `store.invalid` naming the field that can't be looked for.
   */
  find(person: PersonQuery, call?: CallOptions): Promise<readonly PersonalRecords[]>;
  /**
   * Erases, store by store. One that was interrupted has erased a part, and may be made again.
   *
   * @returns What was changed, as `find` has it; a second call finds nothing.
   * @throws `store.invalid`, with nothing changed.
   */
  erase(person: PersonQuery, call?: CallOptions): Promise<readonly PersonalRecords[]>;
}
