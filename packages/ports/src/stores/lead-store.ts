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
}
