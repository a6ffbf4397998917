import type { CallOptions } from "../call-options.js";
import type { JsonObject } from "../json.js";
import type { Page, PageRequest } from "./page.js";
import type { RecordDraft, RecordKind } from "./record-store.js";
import type { StoredError } from "./run-store.js";

/**
 * How far a record of the app and one of a CRM belong together. `new`: to be made in the CRM. `creating`: the call that makes it
 * may be under way. `unknown`: whether it was made is not known. `linked`: both are known. `held`: a person has to decide.
 * `removed`: one side was removed, and the other after it. `erased`: a person's data was erased; the CRM's record is never read
 * into the app again.
 */
export type LinkState = "new" | "creating" | "unknown" | "linked" | "held" | "removed" | "erased";

/** A record of the app and its counterpart in one CRM: what they last agreed on, and what is still to be done. */
export interface CrmLink {
  /** The CRM's name in the app, such as `close`; 1–200 characters. */
  readonly connection: string;
  readonly kind: RecordKind;
  /** Unique with connection and kind. */
  readonly recordId: string;
  /** Unique with connection and kind, among links that have one. */
  readonly crmId?: string;
  readonly state: LinkState;
  /** What both sides had when they last agreed, each in its own form. */
  readonly base?: { readonly app: JsonObject; readonly crm: JsonObject };
  /** The record's revision at that time. */
  readonly recordRevision?: string;
  /** A hash of the CRM's content at that time. */
  readonly crmHash?: string;
  /** The CRM's own text of when it changed, as last seen. */
  readonly crmUpdatedAt?: string;
  /** On which side a removal is still to be made. */
  readonly removal?: "to-app" | "to-crm";
  /** What whoever works on it keeps in mind: an attempt to create, pairs of values that the CRM rewrites. */
  readonly notes?: JsonObject;
  /** How often in a row it failed. */
  readonly failures: number;
  readonly error?: StoredError;
  /** When it is to be worked on, ISO 8601 in UTC; absent when nothing is to be done. */
  readonly dueAt?: string;
  /** Rises with every claim and write, and with nothing else. */
  readonly revision: number;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** How a link stands, without what both sides agreed on. */
export interface LinkStanding
  extends Pick<CrmLink, "recordId" | "state" | "crmHash" | "removal" | "notes" | "createdAt"> {
  readonly crmId: string;
  /** Whether both sides agreed on something. */
  readonly hasBase: boolean;
}

/** What a link is to be; it replaces all of it. */
export type LinkDraft = Omit<CrmLink, "revision" | "createdAt" | "updatedAt">;

/** One write. It ends a claim's lease. */
export interface LinkWrite {
  readonly link: LinkDraft;
  /** The revision that it rests on; null for one that must not be there, absent for whatever stands. */
  readonly ifRevision?: number | null | undefined;
  /**
   * Keeps a `dueAt` that stands, where that is earlier than the link's own or the link has none: a hint that came while it was
   * worked on is never lost.
   *
   * @defaultValue true
   */
  readonly keepDue?: boolean | undefined;
  /** Keeps the lease: for what is written in the middle of the work. @defaultValue false */
  readonly keepLease?: boolean | undefined;
}

/** What became of one write. `taken`: another link has the `crmId`; nothing was changed. */
export type LinkWritten =
  | { readonly status: "written"; readonly revision: number }
  | { readonly status: "stale"; readonly revision?: number }
  | { readonly status: "taken"; readonly recordId: string };

/** A record that the app is to have for one of a CRM, and what its link says beside what both sides agree on. */
export interface LinkedRecord {
  /** Of the record that is made; no record has it or had it. */
  readonly recordId: string;
  readonly draft: RecordDraft;
  readonly crmId: string;
  readonly crmHash?: string | undefined;
  readonly crmUpdatedAt?: string | undefined;
  readonly notes?: JsonObject | undefined;
  readonly dueAt?: string | undefined;
}

/** What became of one. `stale`: the app has or had a record of the id. `taken`: another link has the `crmId`; the app has no record. */
export type LinkedRecordMade =
  | { readonly status: "made" }
  | { readonly status: "stale" }
  | { readonly status: "taken"; readonly recordId: string };

export interface LinkFilter {
  readonly kind?: RecordKind | undefined;
  readonly state?: LinkState | undefined;
  readonly removal?: "to-app" | "to-crm" | undefined;
  /** Only those that were written at or after it, ISO 8601 in UTC. */
  readonly since?: string | undefined;
}

/** How many links of a kind there are. */
export interface LinkCount {
  readonly kind: RecordKind;
  readonly state: LinkState;
  readonly links: number;
  /** Of these, how many are due by now or being worked on. */
  readonly due: number;
}

/** Links between the records of one tenant and those of its CRMs; what is due of them is the outbox. */
export interface LinkStore {
  readonly port: "link-store/1";
  /** In the order of `ids`; undefined in the place of one that is not there. */
  findByRecords(
    connection: string,
    kind: RecordKind,
    ids: readonly string[],
    call?: CallOptions,
  ): Promise<readonly (CrmLink | undefined)[]>;
  /** As `findByRecords`, by the CRM's ids. */
  findByCrmIds(
    connection: string,
    kind: RecordKind,
    ids: readonly string[],
    call?: CallOptions,
  ): Promise<readonly (CrmLink | undefined)[]>;
  /** As `findByCrmIds`, of each only how it stands: for walks over many, of which most say what they said before. */
  findStandings(
    connection: string,
    kind: RecordKind,
    crmIds: readonly string[],
    call?: CallOptions,
  ): Promise<readonly (LinkStanding | undefined)[]>;
  /**
   * Writes links, each for itself, in few statements however many they are; the outcome of each, in their order. No two of a
   * call are of one record. Of two writes of a call that want one `crmId`, the first has it.
   */
  writeMany(writes: readonly LinkWrite[], call?: CallOptions): Promise<readonly LinkWritten[]>;
  /**
   * Makes records of the app and links each with the CRM's, in one statement for many: as `RecordStore.writeMany` and then
   * {@link LinkStore.writeMany} of links that are `linked`. The base of both sides is what the draft says, as one flat object: fields by
   * their names, the host's own as `custom.x`, what it hangs on as `links.x`. No two of a call are of one record.
   */
  makeRecords(
    want: {
      readonly connection: string;
      readonly kind: RecordKind;
      readonly records: readonly LinkedRecord[];
    },
    call?: CallOptions,
  ): Promise<readonly LinkedRecordMade[]>;
  /**
   * Makes links due at a time, ISO 8601 in UTC; one that is due earlier stays so. Removed and erased links, and ids without a
   * link, are passed over. It does not change a revision, so whoever works on one is not disturbed, and it is due again after.
   *
   * @returns How many links it found.
   */
  hint(
    want: {
      readonly connection: string;
      readonly kind: RecordKind;
      readonly dueAt: string;
      readonly recordIds?: readonly string[] | undefined;
      readonly crmIds?: readonly string[] | undefined;
    },
    call?: CallOptions,
  ): Promise<number>;
  /**
   * Claims links that are due and that nobody works on, or whose worker's lease is over; earliest due first. A claim raises the
   * revision and clears `dueAt`. When the lease ends without a write, the link is due again, since that time.
   *
   * @param want.leaseMs - Whole number, 0–86,400,000. @param want.limit - 1–1,000.
   */
  claim(
    want: {
      readonly connection: string;
      readonly kinds: readonly RecordKind[];
      readonly leaseMs: number;
      readonly limit: number;
    },
    call?: CallOptions,
  ): Promise<readonly CrmLink[]>;
  /** Earliest creation first. */
  list(
    connection: string,
    filter?: LinkFilter,
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<CrmLink>>;
  /** As `list`, of each only how it stands: of links that have an id in the CRM. */
  listStandings(
    connection: string,
    filter?: LinkFilter,
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<LinkStanding>>;
  /** Those that are there, by kind (contact, company, deal), then by state (in the order of {@link LinkState}). */
  count(connection: string, filter?: LinkFilter, call?: CallOptions): Promise<readonly LinkCount[]>;
}
