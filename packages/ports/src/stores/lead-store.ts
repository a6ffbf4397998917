import type { CallOptions } from "../call-options.js";
import type { Lead, LeadDraft, LeadStage } from "../records/lead.js";
import type { Page, PageRequest } from "./page.js";

/** What became of one draft of a batch. */
export type LeadInsertOutcome =
  | { readonly status: "inserted"; readonly id: string }
  | {
      readonly status: "duplicate";
      /** The lead that stands, stored before or earlier in the batch. */
      readonly id: string;
      /** The first of the draft's keys that it shares. */
      readonly key: string;
    };

/** Which leads to list. All conditions must hold. */
export interface LeadFilter {
  readonly stage?: LeadStage | undefined;
  readonly source?: string | undefined;
}

/** Which leads to find, and in which order. All conditions must hold. */
export interface LeadQuery extends LeadFilter {
  /**
   * Words, each of which some word begins with: of the company's name or domain, or of the contact's name or e-mail address.
   * Upper and lower case are the same; whatever is neither letter nor figure parts words. At most 200 characters and 8 words.
   */
  readonly search?: string | undefined;
  /** The lowest and the highest score of the newest qualification, both inclusive; leads without a score are left out. */
  readonly minScore?: number | undefined;
  readonly maxScore?: number | undefined;
  /**
   * `stored`: in the order in which they were stored. `score`: the highest score first, of equal ones the lead stored last; leads
   * without a score are left out, and one whose score changes between two pages may be met twice or not at all. Scores count to
   * a millionth.
   *
   * @defaultValue "stored"
   */
  readonly order?: "stored" | "score" | undefined;
}

/** A lead's newest qualification, in short. */
export interface LeadQualification {
  /** 0–100. */
  readonly score?: number;
  readonly tier?: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** A lead as a list of leads shows it. */
export interface FoundLead extends Lead {
  /** Absent where nobody has qualified it. */
  readonly qualification?: LeadQualification;
}

/** Leads of one tenant. */
export interface LeadStore {
  readonly port: "lead-store/1";
  /**
   * Stores the drafts that are new; one outcome for each draft, in order. A draft that shares a key with a stored lead or
   * with an earlier draft that was stored is a duplicate, changes nothing and claims no key. Concurrent calls never store
   * two leads with one key.
   *
   * @throws `store.invalid` naming `drafts[i].keys` when a draft has no key; nothing is stored then.
   */
  insertMany(drafts: readonly LeadDraft[], call?: CallOptions): Promise<readonly LeadInsertOutcome[]>;
  get(id: string, call?: CallOptions): Promise<Lead | undefined>;
  /** Leads in the order of `ids`; unknown ids are left out. */
  getMany(ids: readonly string[], call?: CallOptions): Promise<readonly Lead[]>;
  findByKey(key: string, call?: CallOptions): Promise<Lead | undefined>;
  /**
   * Replaces a lead's content; `ifRevision` guards against a lost update.
   *
   * @throws `store.not_found`, `store.stale_revision`, or `store.invalid` when another lead holds one of its keys.
   */
  replace(
    id: string,
    draft: LeadDraft,
    options?: CallOptions & { readonly ifRevision?: string | undefined },
  ): Promise<Lead>;
  /** In the order in which they were stored. */
  list(filter?: LeadFilter, page?: PageRequest, call?: CallOptions): Promise<Page<Lead>>;
  count(filter?: LeadFilter, call?: CallOptions): Promise<number>;
  /**
   * Leads with their newest qualifications.
   *
   * @throws `store.invalid` for a `search` that is too long, or has too many words.
   */
  find(query?: LeadQuery, page?: PageRequest, call?: CallOptions): Promise<Page<FoundLead>>;
}
