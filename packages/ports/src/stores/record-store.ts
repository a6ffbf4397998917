import type { CallOptions } from "../call-options.js";
import type { CrmFields, CrmKind } from "../crm/crm-fields.js";
import type { JsonObject } from "../json.js";
import type { Page, PageRequest } from "./page.js";

/** Kinds of records that the app keeps. */
export type RecordKind = Exclude<CrmKind, "activity">;

/** What a record hangs on: ids of other records of the app, the first one foremost. */
export type RecordLinks = { readonly [Kind in RecordKind]?: readonly string[] };

/** A record's content. */
export interface RecordDraft<Kind extends RecordKind = RecordKind> {
  readonly fields: CrmFields[Kind];
  /** Fields of the host's own. */
  readonly custom?: JsonObject | undefined;
  readonly links?: RecordLinks | undefined;
  /**
   * What it is found by, such as `email:ada@x.example` or `domain:x.example`: at most 20 texts of 1–400 characters, each once. Two
   * records may share one.
   */
  readonly keys: readonly string[];
  /** When a field was changed, ISO 8601 in UTC, by its name; where it is absent, the record's `updatedAt` counts. */
  readonly fieldTimes?: Readonly<Record<string, string>> | undefined;
}

/** A contact, company or deal of the app. */
export interface StoredRecord<Kind extends RecordKind = RecordKind> {
  readonly kind: Kind;
  /** 1–400 characters; unique for its kind. */
  readonly id: string;
  readonly fields: CrmFields[Kind];
  readonly custom: JsonObject;
  readonly links: RecordLinks;
  readonly keys: readonly string[];
  readonly fieldTimes: Readonly<Record<string, string>>;
  /** Another one after every write. */
  readonly revision: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/**
 * One write. `ifRevision`: what it rests on; null for a record that must not be there (nor have been there), absent for whatever
 * stands.
 */
export type RecordWrite =
  | {
      readonly op: "put";
      readonly kind: RecordKind;
      readonly id: string;
      /** Replaces the content whole. */
      readonly draft: RecordDraft;
      readonly ifRevision?: string | null | undefined;
    }
  | {
      readonly op: "remove";
      readonly kind: RecordKind;
      readonly id: string;
      readonly ifRevision?: string | undefined;
      /** The record that it was merged into. */
      readonly mergedInto?: string | undefined;
    };

/**
 * What became of one write. `stale`: something else stands, with its revision, or nothing, without; nothing was changed. A removal
 * of what is not there is stale too.
 */
export type RecordWritten =
  | { readonly status: "written"; readonly revision: string }
  | { readonly status: "stale"; readonly revision?: string };

/** A record that was removed. Its content is gone. */
export interface RecordRemoval {
  readonly kind: RecordKind;
  readonly id: string;
  readonly mergedInto?: string;
  /** ISO 8601 in UTC. */
  readonly removedAt: string;
}

/** What changed, in the order in which it was written. */
export interface RecordChanges<Kind extends RecordKind = RecordKind> {
  /** As they are now; each at most once in a page. */
  readonly records: readonly StoredRecord<Kind>[];
  readonly removed: readonly RecordRemoval[];
  /** From where to ask next. */
  readonly cursor: string;
  /** Whether more is there already. */
  readonly more: boolean;
}

/** Contacts, companies and deals of one tenant. */
export interface RecordStore {
  readonly port: "record-store/1";
  /**
   * Makes the writes, each for itself, in few statements however many they are; the outcome of each, in their order. No two of
   * a call are of one record. Putting a record that was removed makes it anew, where `ifRevision` is absent.
   *
   * @throws `store.invalid` naming `writes[i].…`; nothing is written then.
   */
  writeMany(writes: readonly RecordWrite[], call?: CallOptions): Promise<readonly RecordWritten[]>;
  get<Kind extends RecordKind>(
    kind: Kind,
    id: string,
    call?: CallOptions,
  ): Promise<StoredRecord<Kind> | undefined>;
  /** In the order of `ids`; undefined in the place of one that is not there, or was removed. */
  getMany<Kind extends RecordKind>(
    kind: Kind,
    ids: readonly string[],
    call?: CallOptions,
  ): Promise<readonly (StoredRecord<Kind> | undefined)[]>;
  /** Records that have one of the keys, oldest first. At most 1,000 keys. */
  findByKeys<Kind extends RecordKind>(
    kind: Kind,
    keys: readonly string[],
    call?: CallOptions,
  ): Promise<readonly StoredRecord<Kind>[]>;
  /**
   * What was written after a cursor; from the beginning without one. Nothing is left out, also of transactions that overlap:
   * what is not committed yet comes later, and what a transaction wrote itself as well. Of a record that changed often, the last
   * state comes at least once.
   *
   * @param from.limit - Whole number, 1–1,000. @defaultValue 500
   */
  changes<Kind extends RecordKind>(
    kind: Kind,
    from?: { readonly cursor?: string | undefined; readonly limit?: number | undefined },
    call?: CallOptions,
  ): Promise<RecordChanges<Kind>>;
  /** Those that stand, in the order of their creation. */
  list<Kind extends RecordKind>(
    kind: Kind,
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<StoredRecord<Kind>>>;
  count(kind: RecordKind, call?: CallOptions): Promise<number>;
}
