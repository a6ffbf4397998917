import type { CallOptions } from "../call-options.js";

/** A person, by all that may tell of them. */
export interface PersonQuery {
  /**
   * Addresses, telephone numbers, profile links, names: 1–50 texts of 3–400 characters. They are looked for without regard to case
   * and as whole words: `bo@figma.example` is not found in `jumbo@figma.example`.
   */
  readonly mentions: readonly string[];
  /** Conversations with them: all of these goes. */
  readonly threadIds?: readonly string[] | undefined;
  /** Leads that are this person: all of these goes, with their results. */
  readonly leadIds?: readonly string[] | undefined;
}

/** How much of a store is about a person. */
export interface PersonalRecords {
  /** Such as `messages` or `flows`. */
  readonly store: string;
  readonly records: number;
}

/** What stands in the place of a mention that was erased. */
export const ERASED = "[erased]";

/**
 * Finds and erases what one tenant's stores hold of a person.
 *
 * What is whole about the person goes: their leads and results, messages and summaries of their threads, facts, cached answers
 * and vectors that mention them. Of runs of graphs that mention them or belong to their threads the record stays, without its
 * input, output, checkpoints, steps and events; one that has not ended is cancelled by it, and its worker fenced. In all other
 * records — agents' runs, steps, results, effects, approvals, the audit trail, messages of other threads, imports — each
 * mention becomes {@link ERASED}, and the record stays. An effect stays settled under its key, so that it is not done again. An
 * approval that waits is refused.
 */
export interface ErasureStore {
  readonly port: "erasure-store/1";
  /** What {@link ErasureStore.erase} would change, by store; stores with nothing are left out. */
  find(person: PersonQuery, call?: CallOptions): Promise<readonly PersonalRecords[]>;
  /**
   * Erases, store by store. One that was interrupted has erased a part, and may be made again.
   *
   * @returns What was changed, by store; a second call finds nothing.
   */
  erase(person: PersonQuery, call?: CallOptions): Promise<readonly PersonalRecords[]>;
}
